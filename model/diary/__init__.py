"""How an estimate moved: the runs of a case in order, what changed between them, and why it moved.

Each step tells what changed in the inputs and how far the headline moved. On request it is split
among these changes by refits between the two states, in a way that depends on no order. A diary of
what could have been known when fits what had been published by each date of publication. The
command is ``python -m model.archive diary``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

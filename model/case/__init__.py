"""A case: the folder of inputs that one estimate is made from.

It takes a folder and gives one immutable ``Case``, or a ``CaseError`` with every error of every
file, each with its row and column. ``reader`` reads the files, ``units`` and ``exchange`` convert
what they state, ``scaffold`` writes a case to begin with. The command ``python -m model.case``
writes and checks cases.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

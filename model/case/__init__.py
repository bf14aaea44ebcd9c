"""A case: the folder of inputs that one estimate is made from.

Reading a folder gives one immutable ``Case``, or a ``CaseError`` that lists every error in every
file by row and column. ``reader`` reads the files, ``units`` and ``exchange`` convert their figures
and ``scaffold`` writes a starter case. The command ``python -m model.case`` writes and checks
cases.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

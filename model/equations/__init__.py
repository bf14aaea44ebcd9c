"""The model's equations: quantities, workers and accounts, independent of any case.

Functions take and return numbers by name. ``quantities`` is the catalogue of unknowns,
``workforce`` computes how many work in each month, and ``accounts`` how a payment is used.
``backend`` holds the few array operations they need, so that the same code is computed in NumPy,
recorded for the kernel and written out in PyMC.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

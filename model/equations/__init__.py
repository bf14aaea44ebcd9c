"""The equations of the problem: quantities, workers, accounts; nothing of any case.

It takes numbers by name and gives numbers by name: ``quantities`` is the catalogue of what is
unknown, ``workforce`` how many work in each month, ``accounts`` what becomes of a payment.
``backend`` holds the few array operations that they need, so that the same lines are computed in
NumPy, recorded for the kernel and written down in PyMC.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

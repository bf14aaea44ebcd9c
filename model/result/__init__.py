"""What ``fit`` and ``load`` return: an estimate, as tables, draws and pictures.

A run's folder gives an ``Estimate``. Everything that can be computed from a run is asked of it;
numbers come from the wings below.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

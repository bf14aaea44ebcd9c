"""Workers and revenue from draws, by month, year, host and scenario.

Draws of the basic quantities give NumPy and xarray arrays of what happened and what would happen in
each scenario. ``prediction`` gives the figures that the model expects rows of evidence to print.
``yearly_accounts`` draws up the accounts of a year.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

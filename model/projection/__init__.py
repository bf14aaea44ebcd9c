"""From draws to workers and revenue, by month, year, host and scenario.

It takes draws of the basic quantities and gives arrays in NumPy and xarray: what happened, and what
would happen in each scenario. ``prediction`` says what the model expects each row of evidence to
print, ``accounting`` draws up the accounts of a year.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

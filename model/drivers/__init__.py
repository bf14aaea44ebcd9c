"""Drivers of the answer, and the value of further information.

For any definition and year of a run, the package computes the shares of the variance by quantity
and group, and how much narrower the interval should become once a quantity or a source is known.
No fit is run. The command ``python -m model.drivers RUN`` saves the results with the run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Checks of one fit, one module a check.

It takes a fit and gives a ``CheckResult`` for each of seven checks: a verdict, a sentence and a
table. Most need refits (``refits``), which run side by side. The command ``python -m
model.criticism RUN`` keeps the results with the run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

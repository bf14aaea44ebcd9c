"""Checks of one fit, one module per check.

The package takes a fit and returns a ``CheckResult`` for each of nine checks, ten if the case has
several hosts: a verdict, a sentence and a table. Most need refits (``refits``), which run in
parallel. The command ``python -m model.criticism RUN`` saves the results with the run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""What drives the answer, and what would be worth finding out.

It takes a run and gives, for any definition and year, the shares of the variance by quantity and
group, and how much narrower the interval should become once a quantity or a source is known.
Nothing is fitted. The command ``python -m model.drivers RUN`` keeps the answer with the run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Why the answer is what it is: from the sum down to the claims that hold it.

The chain is read from a stored run: its draws, and what ``model.drivers`` and ``model.criticism``
have saved with it. No fit is run. The command is ``python -m model.why RUN``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""The kernel: records equations as a program, and runs any program in native code.

It takes equations called with nodes in place of arrays and gives their value and gradient, fast and
without compiling anything for a case. Each operation stands beside its adjoint in ``operations``;
``cache`` keeps the one compiled function. It knows nothing of workers or revenue.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

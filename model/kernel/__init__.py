"""The kernel: records equations as a program and runs any program in native code.

Equations called with nodes in place of arrays yield their value and gradient, fast and without
compiling anything for a case. Each operation is next to its adjoint in ``operations``; ``cache``
keeps the compiled kernel. The kernel does not depend on workers or revenue.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

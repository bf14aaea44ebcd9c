"""Evidence as probability: what each row measures, how far it is trusted, and the joint density.

The package turns a ``Case`` into a ``Synthesis``: the layout of the unknown quantities, each row's
measurement and error, and the joint log density as a program for the kernel. ``likelihood``
interprets hedges, grades and origins; ``measurement`` and ``row_equations`` define what each figure
measures. ``readable`` is the same model in plain PyMC, for reading and testing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

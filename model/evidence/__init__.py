"""Evidence as probability: what each row measures, how far it is trusted, and the joint density.

It takes a ``Case`` and gives a ``Synthesis``: the layout of the unknown quantities, each row's
measurement and error, and the log density of all as a program for the kernel. ``likelihood`` reads
hedges, grades and origins; ``measurement`` and ``row_equations`` say what a figure is a figure of.
``readable`` is the same model in plain PyMC, to read and to test against.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

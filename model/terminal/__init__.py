"""Shared parts of the command lines: number formatting, tables, progress and Ctrl-C.

It turns numbers into text, the same in the terminal, the summary and the reports, and depends on
neither cases nor runs. ``screen`` reports progress and ends an interrupted command cleanly.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

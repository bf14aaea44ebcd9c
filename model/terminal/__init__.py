"""What the command lines share: words for numbers, tables, progress, Ctrl-C.

It takes numbers and gives text, the same in the terminal, the summary and the reports; it knows
neither cases nor runs. ``screen`` says what happens on the way and ends a command cleanly when
it is interrupted.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

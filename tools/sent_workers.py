"""Run the command `sent-workers` of this checkout; `.venv/bin/sent-workers` starts it.

Not by `python -m model`, which would take a folder `model` of the working directory for the
program.
"""

import importlib
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

if __name__ == "__main__":
    # in the place of this folder, whose names could hide others
    sys.path[0] = ROOT
    # as while Python looks for the module of -m: from here on Ctrl-C ends in one line
    sys.argv[0] = "-m"
    importlib.import_module("model")
    sys.argv[0] = "sent-workers"
    importlib.import_module("model.__main__").main()

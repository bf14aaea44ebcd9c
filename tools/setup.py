"""Do what `make` does, on any system: `python tools/setup.py estimate --draws 500`.

Any Python from 3.8 on can run this file and those that it imports; the program's own Python, from
3.12 to 3.14, is found or fetched by `interpreters` and lies behind `.venv`.
"""

import os
import sys

if sys.version_info < (3, 8):  # noqa: UP036 - that is who may start it
    sys.exit("Python 3.8 or newer is needed to start this; start it with another.")

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# for tools.*, in the place of this folder, whose names could hide others
sys.path[0] = ROOT

from tools import environment, targets  # noqa: E402


def main(arguments):
    """Run a target and return the exit status."""
    os.chdir(ROOT)
    name, given = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name in ("help", "-h", "--help"):
        sys.stdout.write(targets.help_text("make" if "MAKELEVEL" in os.environ else "setup"))
        return 0
    if name not in targets.TARGETS:
        known = ", ".join(targets.TARGETS)
        sys.stderr.write(f"There is no command {name!r}; write one of: {known}\n")
        return 2
    if not environment.ready():
        return 1
    return targets.run(name, given)


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        status = 130
    sys.exit(status)

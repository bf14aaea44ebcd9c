#!/bin/sh
# Starts setup.py with any Python from 3.8 on, or through uv; setup.py finds the program's own.
set -eu
cd "$(dirname "$0")/.."
for python in "${PYTHON:-}" python3 python python3.13 python3.12 python3.14 \
    "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.*/bin/python; do
    if [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' \
        >/dev/null 2>&1; then
        exec "$python" tools/setup.py "$@"
    fi
done
if command -v uv >/dev/null 2>&1; then
    exec uv run --no-project --quiet --python '>=3.12,<3.15' python tools/setup.py "$@"
fi
cat >&2 <<END
No Python from 3.8 on was found on PATH or in pyenv. Install Python 3.12 to 3.14 in any of these
ways, then run the same command again:
  pyenv install 3.13
  uv python install 3.13
  apt install python3 python3-venv    (Debian 13, Ubuntu 24.04 or newer)
  brew install python@3.13
  the installer from python.org
END
exit 1

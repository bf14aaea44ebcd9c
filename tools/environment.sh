#!/bin/sh
# Makes .venv from requirements.lock, unless it is already complete; `make` runs this before every
# other command. PYTHON, if set, names the Python to use.
#
#   .venv/building          while it is being made, the number of the process making it
#   .venv/installed.lock    the lock it was made from, written last; missing if incomplete
set -eu
cd "$(dirname "$0")/.."

oldest=12 # Python 3.12: what PyMC 6 and NumPy 2.5 need
newest=14 # Python 3.14: the last with a wheel for every pinned library

say() { printf '%s\n' "$*" >&2; }

# Prints the interpreter behind a command (not a pyenv shim, nor a .venv that is about to be
# removed) if it is suitable, otherwise the reason why not. Any Python from 2.7 on can read the
# program.
real_python() {
    "$1" -c '
import sys, sysconfig

def refuse(reason):
    print("Python %d.%d.%d" % sys.version_info[:3] + reason)
    sys.exit(1)

if sys.version_info < (3, int(sys.argv[1])):
    refuse(", too old")
if sys.version_info >= (3, int(sys.argv[2]) + 1):
    refuse(", too new: some pinned libraries have no build for it yet")
if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
    refuse(", not the standard build (CPython)")
try:
    import ensurepip, venv
except ImportError:
    refuse(" without venv (on Debian and Ubuntu: apt install python3-venv)")
print(sys._base_executable)
' "$oldest" "$newest" 2>/dev/null
}

how_to_get_one() {
    say "Install one in any of these ways, then run the same command again:"
    say "  pyenv install 3.13"
    say "  uv python install 3.13"
    say "  apt install python3 python3-venv    (Debian 13, Ubuntu 24.04 or newer)"
    say "  brew install python@3.13"
    say "  the installer from python.org"
    say "or name one: make estimate PYTHON=/path/to/python3.13"
}

# Candidates, one per line, tested versions first.
candidates() {
    printf '%s\n' python3.13 python3.12 python3.14 python3 python
    for minor in 13 12 14; do
        for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
            for found in "$root/versions/3.$minor".*/bin/python; do printf '%s\n' "$found"; done
        done
    done
    if command -v uv >/dev/null 2>&1; then
        uv python find --no-project ">=3.$oldest,<3.$((newest + 1))" 2>/dev/null || :
    fi
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        if ! command -v "$PYTHON" >/dev/null 2>&1; then
            say "PYTHON=$PYTHON: no such command."
        elif python=$(real_python "$PYTHON") && [ -n "$python" ]; then
            return 0
        elif [ -n "$python" ]; then
            say "PYTHON=$PYTHON is $python."
        else
            say "PYTHON=$PYTHON does not start Python. It prints:"
            "$PYTHON" --version </dev/null >&2 || :
        fi
        say "Python 3.$oldest to 3.$newest is required."
        how_to_get_one
        return 1
    fi
    refused=
    while IFS= read -r candidate; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        if python=$(real_python "$candidate") && [ -n "$python" ]; then return 0; fi
        # A command that prints nothing is a pyenv shim with no Python behind it.
        [ -z "$python" ] || refused="$refused  $(command -v "$candidate") is $python
"
    done <<END
$(candidates)
END
    say "No Python from 3.$oldest to 3.$newest was found on PATH, in pyenv or by uv."
    printf '%s' "$refused" >&2
    how_to_get_one
    return 1
}

version_of() { "$1" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null; }

whole() { cmp -s requirements.lock .venv/installed.lock && have=$(version_of .venv/bin/python); }

if whole; then
    [ -n "${PYTHON:-}" ] || exit 0
    find_python || exit 1
    [ "$(version_of "$python")" != "$have" ] || exit 0
else
    find_python || exit 1
fi

if [ -e .venv/building ] && kill -0 "$(cat .venv/building)" 2>/dev/null; then
    say "Process $(cat .venv/building) is already setting up .venv. Wait until it has finished."
    exit 1
fi

say "Setting up .venv: Python $(version_of "$python") and the pinned libraries" \
    "(1 GB, a minute or more)."
rm -rf .venv
mkdir .venv
echo $$ >.venv/building
# From here on the number is pip's own, because pip continues if only its parent is ended. pip
# unpacks inside .venv, so that nothing is left behind elsewhere.
# shellcheck disable=SC2016
install='echo $$ >.venv/building
export TMPDIR="$PWD/.venv/tmp"
mkdir "$TMPDIR"
exec .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-user \
    --require-hashes --only-binary :all: --requirement requirements.lock'
if ! { "$python" -m venv .venv && sh -c "$install"; } >.venv/setup.log 2>&1; then
    cat .venv/setup.log >&2
    say "Setting up .venv failed for the reason above. Run the same command to try again."
    exit 1
fi
rm -rf .venv/tmp
# Lets notebooks import this program wherever they are opened.
"$PWD/.venv/bin/python" -c '
import pathlib, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "sent_workers.pth").write_text(f"{pathlib.Path.cwd()}\n")
'
# Once for all cases; if it fails, the first estimate reports the reason.
.venv/bin/python -m model.kernel || :
cp requirements.lock .venv/installed.new
mv .venv/installed.new .venv/installed.lock
rm .venv/building

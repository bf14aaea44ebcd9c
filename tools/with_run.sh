#!/bin/sh
# Estimate, if that was not done before, then hand the run to a module: reports, model.criticism,
# model.drivers.
# Usage: with_run.sh MODULE PYTHON [options of model.estimate]; without options, all scenarios of
# inputs/russia/, so that checks and reports are of one run.
set -eu
module=$1
python=$2
shift 2
if [ $# -eq 0 ]; then
    for file in inputs/russia/scenarios/*.toml; do
        set -- "$@" --scenario "$(basename "$file" .toml)"
    done
fi
status=0
run=$("$python" -m model.estimate "$@" --format folder) || status=$?
if [ ! -d "$run" ]; then # --help, or a fault that has been told
    printf '%s' "$run"
    exit "$status"
fi
# status 3: the sampler did not converge, and everything that is made says so
if [ "$module" = reports ]; then # what drives the answer is part of them; they are made without it too
    "$python" -m model.drivers "$run" >/dev/null || :
fi
"$python" -m "$module" "$run" || status=$?
exit "$status"

#!/bin/sh
# Estimates, unless already done, then passes the run to a module: reports, model.criticism or
# model.drivers.
# Usage: with_run.sh MODULE PYTHON [options of model.estimate]; without options, all scenarios of
# inputs/russia/, so that checks and reports share one run.
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
if [ ! -d "$run" ]; then # --help, or an error already reported
    printf '%s' "$run"
    exit "$status"
fi
# status 3: the sampler did not converge, which all output states
if [ "$module" = reports ]; then # reports include the drivers, but are written without them too
    "$python" -m model.drivers "$run" >/dev/null || :
fi
"$python" -m "$module" "$run" || status=$?
exit "$status"

#!/bin/sh
# Estimate, if that was not done before, then make brief, annex and figures of that run.
# Usage: report.sh PYTHON [options of model.estimate]; without options, all scenarios of inputs/.
set -eu
python=$1
shift
if [ $# -eq 0 ]; then
    for file in inputs/scenarios/*.toml; do
        set -- "$@" --scenario "$(basename "$file" .toml)"
    done
fi
status=0
run=$("$python" -m model.estimate "$@" --format folder) || status=$?
if [ ! -d "$run" ]; then # --help, or a fault that has been told
    printf '%s' "$run"
    exit "$status"
fi
"$python" -m reports "$run" # status 3: the sampler did not converge, and every page says so
exit "$status"

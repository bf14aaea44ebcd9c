#!/bin/sh
# Estimate, if that was not done before, then check that run.
# Usage: check.sh PYTHON [options of model.estimate]
set -eu
python=$1
shift
status=0
run=$("$python" -m model.estimate "$@" --format folder) || status=$?
if [ ! -d "$run" ]; then # --help, or a fault that has been told
    printf '%s' "$run"
    exit "$status"
fi
"$python" -m model.criticism "$run" # status 3: the sampler had not converged

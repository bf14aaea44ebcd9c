# Every command makes or updates .venv first (tools/environment.sh); no need to activate or install.
# ARGS is passed on: make estimate ARGS='--draws 500'; make test ARGS='-m "not slow"'
# PYTHON names the Python for .venv: make test PYTHON=python3.13

ARGS =
PYTHON ?=
VENV_PYTHON = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help environment estimate check drivers calibrate report test fuzz readme schemas notebooks bench lint format lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "Pass options in ARGS, as in: make estimate ARGS='--help'"

environment: ## make or update .venv; every command below does this first
	@PYTHON='$(PYTHON)' sh tools/environment.sh

estimate: environment ## estimate revenue from inputs/russia/ into runs/
	@$(VENV_PYTHON) -m model.estimate $(ARGS)

check: environment ## check an estimate, made if needed (ARGS: the estimate's)
	@sh tools/with_run.sh model.criticism $(VENV_PYTHON) $(ARGS)

drivers: environment ## show what drives an estimate, made if needed (ARGS: its)
	@sh tools/with_run.sh model.drivers $(VENV_PYTHON) $(ARGS)

calibrate: environment ## fit simulated cases (ARGS='--replicates 1000')
	@$(VENV_PYTHON) -m model.calibration $(ARGS)

report: environment ## write brief, annex and figures (ARGS: the estimate's)
	@sh tools/with_run.sh reports $(VENV_PYTHON) $(ARGS)

test: environment ## run all tests on all processors
	@$(VENV_PYTHON) -m pytest --numprocesses auto --dist loadfile $(ARGS)

fuzz: environment ## read 20,000 changed cases and as many changed runs (FUZZ_EXAMPLES: how many)
	@FUZZ_EXAMPLES="$${FUZZ_EXAMPLES:-20000}" $(VENV_PYTHON) -m pytest tests/test_fuzz.py tests/test_fuzz_runs.py $(ARGS)

readme: environment ## renew README's answer, its picture and docs/brief.pdf
	@$(VENV_PYTHON) -m tools.readme $(ARGS)

schemas: environment ## write docs/schemas/, the forms of a case's and a run's files
	@$(VENV_PYTHON) -m tools.schemas $(ARGS)

notebooks: environment ## write, execute and keep the notebooks, as docs/notebooks/
	@$(VENV_PYTHON) -m tools.notebooks $(ARGS)

bench: environment ## measure speed
	@$(VENV_PYTHON) -m tests.benchmarks $(ARGS)

lint: environment ## check style (ruff) and types (mypy)
	@$(VENV_PYTHON) -m ruff check
	@$(VENV_PYTHON) -m ruff format --check
	@$(VENV_PYTHON) -m mypy

format: environment ## format the code as lint requires
	@$(VENV_PYTHON) -m ruff check --fix
	@$(VENV_PYTHON) -m ruff format

# One lock serves both running and developing: the tools are an eighth of its size, and the versions
# run are the versions tested. It fits Linux, macOS (except Intel Macs, which numba no longer
# supports) and Windows, with Python 3.12 to 3.14, and names no index, so that any mirror works.
lock: environment ## pin all requirements (ARGS=--upgrade: the newest)
	@$(VENV_PYTHON) -m uv pip compile pyproject.toml --extra dev --output-file requirements.lock \
	    --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command 'make lock' --quiet $(ARGS)

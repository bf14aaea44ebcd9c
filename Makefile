# A thin caller of tools/setup.py, which does the same on systems without make. Every command makes
# or updates .venv first; no need to activate or install.
# ARGS is passed on: make estimate ARGS='--draws 500'; make test ARGS='-m "not slow"'
# PYTHON names the Python for .venv: make test PYTHON=python3.13

ARGS =
PYTHON ?=

TARGETS = environment estimate check drivers calibrate report page test fuzz readme schemas \
    notebooks lab browser bench lint format lock

.DEFAULT_GOAL := help
.PHONY: help $(TARGETS)

help:
	@sh tools/launch.sh help make

$(TARGETS):
	@PYTHON='$(PYTHON)' sh tools/launch.sh $@ $(ARGS)

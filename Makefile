# Thin on purpose: run.py does the work, also where there is no make.
PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := run
.PHONY: run test setup lint format gallery soak bench evidence lock

run test setup lint format gallery soak bench evidence lock:
	@$(PYTHON) run.py $@ $(ARGS)

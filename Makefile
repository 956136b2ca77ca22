# Every target makes what it needs from a fresh clone, with Python 3.11+ and make alone.
# Another interpreter: make test PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

RUN := .venv/.run-installed
DEV := .venv/.dev-installed
DOCS := .venv/.docs-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-all lint format bench docs clean distclean

help:
	@echo "make demo       the conductance staircase of a point contact: qpc.nc and qpc.png (examples/qpc.toml)"
	@echo "make test       the tests that take seconds each"
	@echo "make test-all   every test"
	@echo "make lint       style, types, layers, file lengths"
	@echo "make format     rewrite the source in the project's style"
	@echo "make bench      every benchmark of bench/"
	@echo "make docs       HTML reference in docs/_build"
	@echo "make clean      remove caches, builds and results; make distclean: .venv as well"

# ---- environments: one .venv, a stamp file for each set of packages it holds

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "Sharvin needs Python 3.11 or newer, got " + sys.version.split()[0] + "; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

$(RUN): pyproject.toml | $(BIN)/python
	@echo "Installing Sharvin into .venv (about a minute, once)"
	@$(PIP_INSTALL) -e .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing Sharvin and its development tools into .venv (a minute or two, once)"
	@$(PIP_INSTALL) -e '.[dev]'
	@touch $(RUN) $@

$(DOCS): pyproject.toml | $(BIN)/python
	@echo "Installing Sharvin and the documentation tool into .venv (about a minute, once)"
	@$(PIP_INSTALL) -e '.[docs]'
	@touch $(RUN) $@

# ---- what people ask for

demo: $(RUN)
	$(BIN)/sharvin run examples/qpc.toml

test: $(DEV)
	$(BIN)/pytest -m "not long"

test-all: $(DEV)
	$(BIN)/pytest

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo
	@find src -name '*.py' -exec awk \
	    'FNR == 501 { print FILENAME ": more than 500 lines"; long = 1 } END { exit long }' {} +

format: $(DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The last two build Kwant into bench/.kwant first, or say which packages of the system that needs.
bench: $(DEV)
	@set -e; for file in bench/spine.py bench/growth.py bench/build.py bench/energy_pass.py bench/against_kwant.py; do \
	    echo "== $$file"; $(BIN)/python "$$file"; done

docs: $(DOCS)
	$(BIN)/python docs/build.py

clean:
	rm -rf build dist docs/_build bench/results qpc.nc qpc.png
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path './.*' -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv bench/.kwant bench/.pybinding

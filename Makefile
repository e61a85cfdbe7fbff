# Everything runs in .venv, made here on first use. Needs Python ≥ 3.11 and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup native demo test format clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(INSTALLED) ## Make .venv and install Quarterdeck with the versions of constraints.txt

native: setup ## Compile the simulation, which then takes half the time (needs a C compiler)
	@to="$$($(BIN)/python -c 'from simulation.native import folder; print(folder())')"; \
	if [ -d "$$to" ]; then exit 0; fi; \
	if ! command -v "$${CC:-cc}" >/dev/null; then \
	  echo "No C compiler here: the simulation runs as plain Python, with the same figures in twice the time."; exit 0; fi; \
	echo "Compiling the simulation, about a minute, once …"; \
	rm -rf build/native* build/new; mkdir -p build; \
	if QUARTERDECK_COMPILE=1 $(BIN)/python setup.py build_ext --build-lib build/new --build-temp build/native \
	  > build/native.log 2>&1; then mv build/new "$$to"; \
	else echo "That failed (build/native.log says why): it runs as plain Python, with the same figures."; fi

demo: setup native ## Allocate, simulate and stress-test the built-in plan
	$(BIN)/quarterdeck run quarter --replications 500 --only K1,K5,K7

test: setup ## Check style, types and imports, then run the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n logical --dist worksteal

format: setup ## Put the code into the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## Remove .venv, caches and everything built (saved runs stay)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Quarterdeck needs Python 3.11 or newer as $(PYTHON); name another one with: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt setuptools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

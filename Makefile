# `make demo` from a fresh clone is all a newcomer needs; `make help` says the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PUBLISHED ?=
PORT ?= 8000
# Two processes, neighbouring tests in the same one, so that what neighbours share is made once.
PYTEST := $(BIN)/pytest -n 2 --dist worksteal
export PYTHONDONTWRITEBYTECODE :=  # tests start many processes: what one has compiled, the others read

.PHONY: help setup browser check test test-slow demo docs bench lock clean

help: ## what each target does
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) browser ## a virtual environment with everything pinned, and a browser for the tests

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python {v.major}.{v.minor} found, 3.11 or later needed: make setup PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

browser: ## Chromium for the browser tests: found, installed, or how to install it
	@sh scripts/chromium.sh

check: $(READY) ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup check ## the whole suite, from nothing
	$(PYTEST) -m "not slow"
	ALLCOMERS_TEST_DATABASE=postgresql $(PYTEST) -m "not slow" tests/service --ignore tests/service/test_commands.py

test-slow: setup ## what is too long for every change: more generated cases, wider coverage runs
	$(PYTEST)
	ALLCOMERS_TEST_DATABASE=postgresql $(BIN)/pytest -m slow -rP tests/service/keeping/test_kill.py

demo: $(READY) ## build the observatory (PUBLISHED="a.zip b.zip", else synthetic tables) and serve it on this machine
	$(BIN)/allcomers demo $(if $(PUBLISHED),$(PUBLISHED),) --port $(PORT)

docs: $(READY) ## the documentation, in build/docs
	$(BIN)/python scripts/reference.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/docs

bench: $(READY) ## every benchmark, ratios measured in one run
	@for b in benchmarks/*/run.py; do echo "== $$b"; PYTHONPATH=. $(BIN)/python $$b || exit 1; done

lock: $(READY) ## pin the newest allowed versions again
	sh scripts/lock.sh

clean: ## remove what was built
	rm -rf $(VENV) build dist site

# Needs only make and Python >= 3.11: everything else is installed into .venv from
# requirements.lock, where each release stands with its hashes.
# Written for GNU make 3.81 too, the one that macOS ships.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Measuring data is not part of the repository; see COLDGRID_DATA in tests/conftest.py.
COLDGRID_DATA ?= ../shared/data
BENCH_KIND ?= two-echelon
BENCH_PATHS ?= $(COLDGRID_DATA)/two_echelon
BENCH_SECONDS ?= 30
BENCH_SEED ?= 1
PYTEST_ARGS ?=
FAULT_ROUNDS ?= 50
FAULT_MESSAGES ?= 200000
FAULT_SEED ?= 1
SOAK_MINUTES ?= 30
# Seconds after which a part is ended, as by Ctrl-C, so that it ends what it started; it then failed.
FAULT_LIMIT ?= 1800
FAULT := timeout --signal=INT --kill-after=60 $(FAULT_LIMIT) $(BIN)/python -m tests.benchmarks
# For example --port 8001 or --exit-after 60; see coldgrid demo --help.
DEMO_ARGS ?=

# Large libraries take seconds to import anew each time unless their bytecode is kept; the tests
# start many processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-faults soak check lock bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## create .venv and install the locked packages and coldgrid itself

# A stamp, because asking pip takes seconds: a second `make setup` has nothing to do until the
# lock or the project file changes. It is written last, so a broken installation is tried again.
$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "coldgrid needs Python 3.11 or newer; '$(PYTHON)' was not found. Name one: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "coldgrid needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' lacks the venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@rm -f $(STAMP)
	@# --clear: an interpreter that was upgraded away leaves a directory with dangling links.
	@$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear $(VENV)
	@# --no-compile: Python compiles what is imported, a small part of it, when it is imported.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock
	@# The build backend comes from the lock as well, so nothing unpinned is fetched here.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

# Into a pipe it plans, starts the service and stops it again: a script must not hang.
demo: setup ## plan the sample city in ten seconds, serve the plan and watch a virtual fleet until Ctrl-C
	@if test -n "$(DEMO_ARGS)"; then set -- $(DEMO_ARGS); \
	 elif test -t 1; then set --; \
	 else set -- --port 0 --exit-after 0; fi; \
	 $(BIN)/coldgrid demo "$$@"

# schemathesis brings a plugin that costs every process a second; the tests use the library alone.
test: setup ## run the whole test suite
	$(BIN)/python -m pytest -p no:schemathesis -n 3 --dist worksteal --durations=30 --durations-min=5 $(PYTEST_ARGS)

# Really broken, one part after the other; the first that finds something ends it with status 1.
# A short version of each is in `make test`.
test-faults: setup ## kill service, ingester, PostgreSQL and broker under load, FAULT_ROUNDS times, and count
	$(FAULT).kill_nine --times $(FAULT_ROUNDS) --seed $(FAULT_SEED)
	$(FAULT).kill_nine --times $(FAULT_ROUNDS) --seed $(FAULT_SEED) --postgres
	$(FAULT).ingest_kill_nine --times $(FAULT_ROUNDS) --messages $(FAULT_MESSAGES) --seed $(FAULT_SEED)
	$(FAULT).ingest_kill_nine --times $(FAULT_ROUNDS) --messages $(FAULT_MESSAGES) --seed $(FAULT_SEED) --store postgres
	$(FAULT).ingest_broker_kill
	COLDGRID_FAULTS_ON=postgres $(BIN)/python -m pytest -q -p no:schemathesis tests/integration/test_several_services.py
	$(FAULT).disk_full
	$(FAULT).poisoned_flood --seed $(FAULT_SEED)
	$(FAULT).openapi_fuzz --seed $(FAULT_SEED)

soak: setup ## sensors, dispatchers, boards and plan jobs at once for SOAK_MINUTES: speed, losses, memory
	$(BIN)/python -m tests.benchmarks.soak --minutes $(SOAK_MINUTES)

check: setup ## lint, format, types and import contracts, in under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# uv resolves for every supported Python and platform at once, which pip cannot. It lives in a
# directory of its own: who only uses coldgrid never needs it. --no-config and the variables
# taken away keep additional indexes of one machine out of everybody's lock.
lock: ## resolve requirements.lock anew (add LOCK_ARGS=--upgrade for newer releases)
	@test -x build/lock-tools/bin/uv || { $(PYTHON) -m venv build/lock-tools && build/lock-tools/bin/pip install --quiet uv; }
	env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	  build/lock-tools/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	  --extra dev --extra demo --generate-hashes --no-annotate --no-header --no-emit-package coldgrid \
	  $(LOCK_ARGS) --output-file requirements.lock pyproject.toml

bench: setup ## measure against published best costs (needs COLDGRID_DATA)
	@mkdir -p build
	$(BIN)/coldgrid benchmark $(BENCH_KIND) $(BENCH_PATHS) --time-limit $(BENCH_SECONDS) --seed $(BENCH_SEED)

clean: ## remove what was built, .venv included
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

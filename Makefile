# Caseledger. `make` or `make help` lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REQUIRE ?=
WHOLE ?=
WORKERS ?= 2
export CASELEDGER_DATA ?= .data
export REQUIRE WHOLE
# A cluster's data and that of `make run` do not mix.
stack: CASELEDGER_DATA := $(if $(filter file,$(origin CASELEDGER_DATA)),.stack,$(CASELEDGER_DATA))

.DEFAULT_GOAL := help
.PHONY: help setup run demo stack test lint docs compose-check axe kafka mutants chaos bench screenshots clean

help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/  make \1|/' | column -t -s '|'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=python3.12 make ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "This Python has no venv module; on Debian install the package python3-venv." >&2; exit 1; }

.state/runtime: $(BIN)/python pyproject.toml
	@echo "Installing the runtime packages ..."
	@# Not compiled here: that takes half a minute, and a start compiles only what it uses.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e .
	@mkdir -p .state && touch $@

.state/dev: $(BIN)/python pyproject.toml
	@echo "Installing everything, with the tools for tests and benchmarks ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@mkdir -p .state && touch .state/runtime $@

.state/translations: $(shell find services shared -name '*.po' 2>/dev/null) | .state/runtime
	@$(BIN)/python -m shared.web.translations
	@touch $@

setup: .state/dev .state/translations ## make .venv with everything

run: .state/runtime .state/translations ## serve everything at http://127.0.0.1:8000 (PORT=... for another) with the demo
	@CASELEDGER_LOG_LEVEL=$${CASELEDGER_LOG_LEVEL:-WARNING} $(BIN)/caseledger serve --demo

demo: .state/runtime .state/translations ## load the demo into $CASELEDGER_DATA and stop
	@$(BIN)/caseledger demo

stack: .state/runtime .state/translations ## the cluster without Docker: PostgreSQL, Kafka and every process (DEMO=1 loads the demo; PORT=...)
	@$(BIN)/python -m deploy.stack $(if $(DEMO),--demo)

lint: setup ## format, style, types and layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: lint ## every check and test; REQUIRE=all fails instead of skipping, WHOLE=1 loads all of the demo into the cluster
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup tests

docs: setup ## make the event catalogue, the AsyncAPI document and the tables of the READMEs again
	@$(BIN)/python -m docs.making

mutants: setup ## prove that the acceptance tests fail when the rule they guard is broken (NAMES="a002_04 ax_07" for some)
	@$(BIN)/python -m tests.mutants $(NAMES)

compose-check: setup ## run docker-compose.yml for real and kill every part of it once (needs Docker with Compose; not part of make test)
	@$(BIN)/python -m tests.compose

axe: ## fetch axe-core, with which the browser tests look at accessibility (needs npm)
	@npm install --silent --no-fund --no-audit --no-save --prefix .state/axe axe-core@4.14.1

kafka: $(BIN)/python ## fetch the broker's jars for the tests on Kafka (needs Java and Maven)
	@$(BIN)/python -m deploy.kafka.node

chaos: setup ## the crash test at full length: 5,000 commands, 200 faults (SEED=... for a certain one)
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

bench: setup ## the benchmarks, each as a ratio of two numbers of one run (BENCH=smoke for a small one, BENCH=million for a rebuild of a million events)
	@$(BIN)/python -m tests.bench

screenshots: setup ## make the screenshots of the README again
	@$(BIN)/python -m tests.e2e.screenshots

clean: ## remove what was made (not the data)
	@rm -rf .state .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info

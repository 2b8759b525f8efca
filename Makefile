# Everything a newcomer needs is `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DOCS_STAMP := $(VENV)/.installed-docs
export PYTHONDONTWRITEBYTECODE =
export GX_ANALYTICS_ENABLED = false
export DAGSTER_DISABLE_TELEMETRY = 1

.PHONY: help run test test-all dev lint bench docs lock clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(STAMP): requirements.lock requirements-bootstrap.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements-bootstrap.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes --compile-bytecode -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $(STAMP)

$(DOCS_STAMP): $(STAMP) requirements-docs.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements-docs.lock
	@touch $(DOCS_STAMP)

run: $(STAMP)  ## run the whole pipeline once on the bundled country programme; RUN=--json for a report that programs read
	@$(BIN)/python -m programme --into var
	@$(BIN)/idtracker run $(RUN)

test: $(STAMP)  ## unit and component tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/unit tests/component

test-all: $(STAMP)  ## the whole suite: also the whole programme, real files, kills and browsers
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile  # of the whole suite a fifth is waiting: for disks, other processes and browsers

dev: $(STAMP)  ## Dagster UI and daemon on loopback
	@$(BIN)/idtracker dev

lint: $(STAMP)  ## style, types, import direction, docs are current
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/idtracker docs build --check

bench: $(STAMP)  ## what the work costs, beside its bound and its goal; SECTION=table, growth or claims for one
	@$(BIN)/python -m benchmarks $(SECTION)

docs: $(DOCS_STAMP)  ## reference pages from the definitions, and one searchable site: build/reference/site/index.html
	@$(BIN)/idtracker docs build
	@$(BIN)/python -m docs_builder.site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict

COMPILE = $(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --universal --no-emit-index-url \
  --custom-compile-command "make lock" pyproject.toml

lock:  ## compile the locks again (the only target that resolves versions); the site's has no part in the library's
	$(COMPILE) --extra pipelines --extra expectations --extra polars --extra iati --extra briefing --extra geo --extra mcp --extra notebooks --extra dev -o requirements.lock
	$(COMPILE) --extra docs -c requirements.lock -o requirements-docs.lock

clean:  ## remove the embedded home, what was built and caches, keep the environment
	rm -rf var build .pytest_cache .mypy_cache .ruff_cache

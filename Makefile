# Two commands do everything on a fresh machine: `make run` and `make test`.
# Each installs what it needs into .venv from the pinned and hashed requirements.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help bootstrap run test check lint format types bench evaluate flask requirements clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Heed needs Python 3.11 or newer; this is %s. Set PYTHON=/path/to/python3.11." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements-dev.txt
	@touch $@

bootstrap: $(VENV)/installed ## Install everything into .venv (the other targets do this themselves)

run: bootstrap ## Start Redis, web, workers and the sandbox on this machine; Ctrl-C ends all
	@$(BIN)/python -m sandbox.run

# One process a core, each with a Redis of its own; a file stays in one process, with what it started.
test: bootstrap ## Run the whole test suite (it starts its own Redis); ARGS="-k stop" narrows it
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

check: bootstrap lint types test ## What CI runs: lint, format, types, tests

lint: bootstrap
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: bootstrap ## Put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: bootstrap
	$(BIN)/mypy

bench: bootstrap ## Measure speed and memory as ratios against stated baselines
	@$(BIN)/python -m benchmarks $(ARGS)

evaluate: bootstrap ## Score recognition on tests/corpus; ARGS=FILE scores another file
	@$(BIN)/python -m tests.evaluate $(ARGS)

flask: bootstrap ## Run a command of the command line, e.g. make flask ARGS="recipients show +447700900123"
	@set -a; if [ -f var/local.env ]; then . ./var/local.env; fi; set +a; $(BIN)/flask --app app $(ARGS)

requirements: bootstrap ## Compile pyproject.toml into the two requirements files
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --custom-compile-command "make requirements" --quiet --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --custom-compile-command "make requirements" --quiet --output-file requirements-dev.txt

clean: ## Remove what the targets above made, the local Redis data included
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .hypothesis

# PharmaTrace. `make help` lists what can be made.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.made-from-requirements

# Modules are compiled when they are first imported, not all when they are installed: that is a minute.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench screenshots lint types floors format requirements .venv

help: ## this list
	@awk -F ':.*## ' '/^[a-z.][a-zA-Z_.-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv: $(STAMP) ## the Python environment, from the hashed requirements (quick the second time)
	@:

$(STAMP): requirements/test.txt
	@$(PYTHON) -c 'import sys; sys.exit("PharmaTrace needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv || { echo "python3 cannot make a virtual environment; on Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r requirements/test.txt
	@touch $(STAMP)

demo: $(STAMP) ## start everything, fill in a realistic chain, print the address and the accounts
	$(BIN)/python manage.py demo

test: lint types floors ## every check and every test
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n auto

SECONDS ?= 60
fuzz: $(STAMP) ## mutated inputs for every reader of the kernel: make fuzz SECONDS=600 READER=xml
	$(BIN)/python -m tests.fuzz $(READER) --seconds $(SECONDS)

bench: $(STAMP) ## measure the work against the limits of this machine
	$(BIN)/python manage.py bench

screenshots: $(STAMP) ## pictures of the main screens, of a demo filled for them, in docs/screens
	$(BIN)/python -m tests.screens

lint: $(STAMP) ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## static types
	$(BIN)/mypy

floors: $(STAMP) ## imports point down the floors only
	$(BIN)/lint-imports

format: $(STAMP) ## put the code into the house format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

requirements: ## compile requirements/*.txt again from *.in (needs uv)
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header base.in -o base.txt
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -c base.txt evm.in -o evm.txt
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -c evm.txt test.in -o test.txt

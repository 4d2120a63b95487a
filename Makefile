# Every target makes .venv by itself. `make` alone says what there is.
BIN := .venv/bin
READY := .venv/.ready
# Extras to install as well, such as EXTRAS="browser documents"; one that cannot be installed is left out
EXTRAS ?=
# Arguments for pytest, such as ARGS="-k links"
ARGS ?=
# How many processes run the tests; 0 is this one, for a debugger
WORKERS ?= auto
# By the environment, so that the shell does not read the `&` of an address as its own
export URLS
UV ?= uv

.PHONY: help run test fmt generate lint types layers docs bench check coverage wheel size lock clean FORCE

help: ## say what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml requirements/dev.txt tools/make_venv.sh $(wildcard compat/pyproject.toml) $(if $(EXTRAS),FORCE)
	@tools/make_venv.sh $(EXTRAS)
	@touch $@

FORCE:

run: $(READY) ## crawl URLS="https://example.com …" and print Markdown
	@test -n "$$URLS" || { echo 'usage: make run URLS="https://example.com"' >&2; exit 2; }
	@set -f; $(BIN)/skitter $$URLS

test: $(READY) ## the whole test suite
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

fmt: $(READY) ## format the code, mend what can be mended
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

generate: $(READY) ## write the modules that are made from others
	@$(BIN)/python tools/generate_keywords.py
	@$(BIN)/python tools/generate_compat.py

lint: $(READY) ## format and lint, nothing is changed
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

layers: $(READY) ## what may import what
	@$(BIN)/lint-imports --no-cache

docs: $(READY) ## build the documentation; a warning is an error
	@$(BIN)/sphinx-build -n -W --keep-going -q docs docs/_build/html

bench: $(READY) ## the benchmarks that need nothing but skitter; those beside other crawlers are in benchmarks/macro
	@for program in benchmarks/micro/*.py; do echo "# $$program"; $(BIN)/python $$program || exit 1; done

check: lint types layers docs test ## everything a change must pass

coverage: $(READY) ## the tests, with branch coverage and its floor
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(WORKERS) $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

wheel: $(READY) ## build the wheel, and run the tests against it instead of the tree
	@tools/test_wheel.sh -n $(WORKERS) $(ARGS)

size: $(READY) ## how much a plain install takes, on disk and at import
	@$(BIN)/python tools/measure_install.py

lock: ## look for newer versions and lock them; needs uv
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	@$(UV) lock --upgrade --default-index https://pypi.org/simple
	@$(UV) export -q --locked --no-emit-project --no-annotate --no-header -o requirements/dev.txt
	@$(UV) export -q --locked --no-emit-project --no-annotate --no-header --no-hashes --no-dev --all-extras -o requirements/extras.txt

clean: ## remove what the targets have made
	@rm -rf .venv build dist docs/_build .coverage* htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis

# `make tour` shows what graphc does, `make test` proves it. Both share one virtual environment that they make themselves.

# The first Python that is new enough; `make PYTHON=/path/to/python tour` overrides the choice.
PYTHON ?= $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
ENVIRONMENT := .venv
BIN := $(ENVIRONMENT)/bin
# With a process of tests on each core, threads of a matrix product would only wait for one another.
CALM := OPENBLAS_NUM_THREADS=1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: tour test test-slow lint docs clean

tour: $(ENVIRONMENT)/installed
	@$(BIN)/graphc tour

test: $(ENVIRONMENT)/installed-test
	@$(CALM) $(BIN)/python -m pytest --numprocesses auto -m 'not slow'

# Networks that learn for half a minute and more.
test-slow: $(ENVIRONMENT)/installed-test
	@$(CALM) $(BIN)/python -m pytest --numprocesses auto -m slow

lint: $(ENVIRONMENT)/installed-lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@echo "lint: clean"

# The pictures of docs/gallery.md.
docs: $(ENVIRONMENT)/installed-test
	@$(BIN)/python docs/gallery

clean:
	rm -rf $(ENVIRONMENT) build dist

# Some systems ship venv without ensurepip; then the pip that is there fills the environment.
$(ENVIRONMENT)/bin/python:
	@test -n "$(PYTHON)" || { echo "graphc needs Python 3.11 or newer, and none was found" >&2; exit 1; }
	@echo "making a virtual environment in $(ENVIRONMENT) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(ENVIRONMENT) 2>/dev/null || { $(PYTHON) -m venv --clear --without-pip $(ENVIRONMENT) && \
		$(PYTHON) -m pip --quiet --python $(ENVIRONMENT)/bin/python install pip; }

$(ENVIRONMENT)/installed: pyproject.toml | $(ENVIRONMENT)/bin/python
	@echo "installing graphc"
	@$(PIP) install --editable .
	@touch $@

$(ENVIRONMENT)/installed-test: pyproject.toml | $(ENVIRONMENT)/bin/python
	@echo "installing graphc and what its tests need"
	@$(PIP) install --editable '.[test]'
	@touch $@

$(ENVIRONMENT)/installed-lint: pyproject.toml | $(ENVIRONMENT)/bin/python
	@echo "installing graphc and its linters"
	@$(PIP) install --editable '.[test,lint]'
	@touch $@

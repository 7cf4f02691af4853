# Two commands: `make run` serves the assistant, `make test` checks everything. Both set up what they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TORCH  := 2.13.0
INPUTS := pyproject.toml constraints.txt Makefile

.PHONY: run test lint browser figures clean help

help:
	@echo "make run    set up on first use, index corpus/ if needed, serve on http://127.0.0.1:8000"
	@echo "make test   set up on first use, then lint, type check and tests"
	@echo "make figures  measure, and write the figures into README.md"
	@echo "make clean  remove the environment and the index"

run: $(VENV)/.run-ready
	@$(BIN)/assistant serve --index

test: $(VENV)/.test-ready browser lint
	$(BIN)/python -m pytest

lint: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

figures: $(VENV)/.test-ready
	$(BIN)/assistant ingest
	$(BIN)/python -m eval.readme

# Chromium for the browser tests: installed when we may, else the tests say why they were skipped.
browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests …"; \
	    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium chromium-driver >/dev/null; \
	  else echo "No chromium and chromedriver here: the browser tests will be skipped."; fi; }

$(VENV)/.base:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt uv
	@touch $@

# The CPU build of torch, where the package indexes set up for pip have one: the standard build for Linux
# brings several gigabytes of CUDA libraries that nothing here uses.
$(VENV)/.torch: $(VENV)/.base
	@echo "Installing torch (CPU build) …"
	@$(BIN)/python -m pip --disable-pip-version-check install -q "torch==$(TORCH)+cpu" 2>/dev/null || { \
	  echo "No CPU-only build of torch in your package indexes: taking the standard build (several GB on Linux)."; \
	  echo "To avoid that, stop now and set PIP_EXTRA_INDEX_URL to the address pytorch.org gives for CPU builds."; \
	  $(BIN)/python -m pip --disable-pip-version-check install -q "torch==$(TORCH)"; }
	@touch $@

# uv installs in seconds; pip, which also reads pip's own configuration, is tried when uv cannot.
define install
	@echo "Installing $(1) …"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --compile-bytecode -c constraints.txt -e "$(1)" || { \
	  echo "uv could not; trying pip …"; \
	  $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt -e "$(1)"; }
endef

$(VENV)/.run-ready: $(VENV)/.torch $(INPUTS)
	$(call install,.)
	@touch $@

$(VENV)/.test-ready: $(VENV)/.torch $(INPUTS)
	$(call install,.[test])
	@touch $@ $(VENV)/.run-ready

clean:
	rm -rf $(VENV) .index

# Needs make and Python ≥ 3.11 (on Debian also the package python3-venv). `make` alone lists this.
#
# PyTorch comes along in its CUDA build (5.5 GB). Where there is no GPU, let pip find the CPU build:
#     make demo PIP_FLAGS="--extra-index-url <PyTorch's index of CPU builds>"

PYTHON ?= python3
PIP_FLAGS ?=
PYTEST_FLAGS ?= -n auto
DEMO := out/demo

BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: help venv demo test whole check
.DELETE_ON_ERROR:

help:
	@echo "make demo    inspect the sample photos; report and annotated photos in $(DEMO)/"
	@echo "make test    run the tests"
	@echo "make whole   run visits in a browser, a camera's stream and an archive, in real time: leave the machine alone"
	@echo "make check   formatting, lint, types, import directions and tests"
	@echo "make venv    only install into .venv/ (options for pip: PIP_FLAGS=...)"

venv: $(INSTALLED)

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
		"Python 3.11 or newer is needed, this is " + sys.version.split()[0] + \
		". Name another one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv || \
		{ echo "No virtual environment could be made. On Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[dev]'
	@touch $@

# Exit codes of inspect: 0 all passed, 1 a rule failed, 3 something could not be told; 2 is an error.
demo: $(INSTALLED)
	@$(BIN)/inspector inspect datasets/samples --dealer retailer --out $(DEMO) || \
		{ code=$$?; [ $$code -eq 1 ] || [ $$code -eq 3 ] || exit $$code; }
	@echo
	@echo "Report:            $(DEMO)/report.html"
	@echo "Annotated photos:  $(DEMO)/*.annotated.jpg"
	@echo "Dashboard:         $(BIN)/inspector dashboard"

test: $(INSTALLED)
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

whole: $(INSTALLED)
	$(BIN)/python -m pytest -m whole

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

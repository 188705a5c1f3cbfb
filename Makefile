# One word a task. `make` alone lists them.
PYTHON ?= python3
HOST   ?= 127.0.0.1
# TORCH=cpu takes PyTorch without CUDA, from the address that PyTorch's own instructions name
TORCH       ?=
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

VENV  := .venv
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip install -q -c constraints.txt
READS := $(VENV)/.reads
RUNS  := $(VENV)/.runs
SITE  := _build/html/index.html
WHERE := _build/.where
SOURCES := _config.yml _toc.yml $(shell find book src -type f -not -path '*/.*' -not -path '*/__pycache__/*' -not -path '*.egg-info/*')

.DEFAULT_GOAL := help
.PHONY: help book serve lab test notebooks check bench install lock clean always

help: ## list the tasks
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

book: $(SITE) ## build the book and say where to read it
	@echo "Read it: file://$(CURDIR)/_build/html/index.html   (or: make serve)"

serve: $(SITE) ## serve the built book on this machine
	$(BIN)/python -m http.server --directory _build/html --bind $(HOST) 8000

lab: $(RUNS) ## open the chapters in JupyterLab
	$(BIN)/jupyter trust book/*.ipynb
	$(BIN)/jupyter lab --ip=$(HOST) book

test: $(SITE) $(RUNS) ## run all tests: units, every notebook, every built page
	$(BIN)/python -m pytest --nbval --browser -n 2

notebooks: $(RUNS) ## run every notebook in a fresh kernel and write it back
	$(BIN)/python tools/notebooks.py --jobs 2

check: $(SITE) $(RUNS) ## format, lint, docstrings, all tests, also the slow ones: JupyterLab, Binder's installation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m numpydoc lint $$(find src -name '*.py')
	$(BIN)/python -m pytest --nbval --browser --slow -n 2

bench: $(RUNS) ## measure speed, as ratios in one run
	@for file in bench/bench_*.py; do [ ! -e $$file ] || OMP_NUM_THREADS=1 $(BIN)/python $$file || exit 1; done

install: $(RUNS) ## install all that running and testing needs; the other tasks do it themselves

lock: ## renew constraints.txt, the exact versions of everything
	$(PYTHON) -m venv _build/lock
	_build/lock/bin/python -m pip install -q uv
	_build/lock/bin/uv pip compile -q --universal --python-version 3.11 --no-python-downloads --upgrade \
		--no-annotate --no-emit-package notebooklib --custom-compile-command "make lock" \
		requirements.txt -o constraints.txt

clean: ## remove what was built; keep the virtual environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(SITE): $(READS) $(SOURCES) $(WHERE)
	$(BIN)/jupyter-book build . -W -q
	@touch $(SITE)

$(WHERE): always
	@mkdir -p _build
	@echo "$(BOOK_REPOSITORY) $(BOOK_BRANCH) $(BOOK_ADDRESS)" | cmp -s - $(WHERE) \
		|| echo "$(BOOK_REPOSITORY) $(BOOK_BRANCH) $(BOOK_ADDRESS)" > $(WHERE)

$(READS): requirements-book.txt constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Python 3.11 or later is needed, {v.major}.{v.minor} came: make PYTHON=python3.12")'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements-book.txt
	@touch $(READS)

$(RUNS): $(READS) requirements.txt pyproject.toml
ifeq ($(TORCH),cpu)
	$(PIP) --no-deps --index-url $(TORCH_INDEX) torch
endif
	$(PIP) -r requirements.txt
	@touch $(RUNS)

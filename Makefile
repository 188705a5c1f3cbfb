# One word a task. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SITE   := _build/html/index.html
SOURCES := _config.yml _toc.yml $(wildcard book/*.md book/*.ipynb book/*.bib book/_ext/*.py book/_static/*)

.DEFAULT_GOAL := help
.PHONY: help book serve lab test notebooks check bench clean

help: ## list the tasks
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

book: $(SITE) ## build the book and say where to read it
	@echo "Read it: file://$(CURDIR)/_build/html/index.html   (or: make serve)"

serve: $(SITE) ## serve the built book on this machine
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

lab: $(READY) ## open the chapters in JupyterLab
	$(BIN)/jupyter trust book/[0-9][0-9]_*.ipynb
	$(BIN)/jupyter lab book

test: $(SITE) ## run all tests: units, every notebook, every built page
	$(BIN)/python -m pytest --nbval --browser -n 2

notebooks: $(READY) ## run every notebook in a fresh kernel and write it back
	$(BIN)/python tools/notebooks.py --jobs 2

check: $(SITE) ## format, lint, all tests, also the slow ones: JupyterLab, Binder's installation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --nbval --browser --slow -n 2

bench: $(READY) ## measure speed, as ratios in one run
	@for file in bench/bench_*.py; do [ ! -e $$file ] || OMP_NUM_THREADS=1 $(BIN)/python $$file || exit 1; done

clean: ## remove what was built; keep the virtual environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(SITE): $(READY) $(SOURCES)
	$(BIN)/jupyter-book build . -W -q
	@touch $(SITE)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Python 3.11 or later is needed, {v.major}.{v.minor} came: make PYTHON=python3.12")'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -r requirements.txt
	@touch $(READY)

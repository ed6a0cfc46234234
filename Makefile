# Every target does the set-up it needs: a fresh machine wants only Python 3.11-3.13, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VENV := .venv-uv
UV_VERSION := 0.13.9
READY := $(VENV)/.ready
REPORTS ?= reports
# A folder of published files for the benchmark of readers; left out: invented ones.
PUBLISHED ?=
ENGINES := .venv-engines
ENGINES_READY := $(ENGINES)/.ready
# Which of the tests of engines: `make test-engines ENGINE_TESTS="not long"` for the short ones.
ENGINE_TESTS ?= engines
BROWSER := tests/browser
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))

export UV_PYTHON_DOWNLOADS = never
export UV_COMPILE_BYTECODE = 1
export UV_NO_CONFIG = 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup report check test test-faults test-engines test-browser lint types lab bench docs notebooks lock clean
.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Build .venv from requirements.lock

# An environment $(1) from the list $(2): uv where it can be had (seconds), pip with the same
# hash-pinned list where it cannot.
define environment
	@rm -rf $(1)
	@if command -v uv >/dev/null 2>&1; then uv=uv; \
	elif [ -x $(UV_VENV)/bin/uv ]; then uv=$(UV_VENV)/bin/uv; \
	elif $(PYTHON) -m venv $(UV_VENV) && $(UV_VENV)/bin/pip install --quiet uv==$(UV_VERSION); then uv=$(UV_VENV)/bin/uv; \
	else uv=; fi; \
	if [ -n "$$uv" ]; then \
	  $$uv venv --quiet --python $(PYTHON) $(1) && \
	  VIRTUAL_ENV=$(1) $$uv pip sync --quiet --require-hashes $(2) && \
	  VIRTUAL_ENV=$(1) $$uv pip install --quiet --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(1) && \
	  $(1)/bin/pip install --quiet --require-hashes -r $(2) && \
	  $(1)/bin/pip install --quiet --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(1)/.ready
endef

$(READY): requirements.lock pyproject.toml
	$(call environment,$(VENV),requirements.lock)

# Half a gigabyte, little of which is imported: compiled as it is.
$(ENGINES_READY): export UV_COMPILE_BYTECODE = 0
$(ENGINES_READY): requirements-engines.lock pyproject.toml
	$(call environment,$(ENGINES),requirements-engines.lock)

report: $(READY) ## The main job on the embedded sample: every family for three commissioners
	$(BIN)/nhsind run parameters/sample.yaml --out $(REPORTS)

test: $(READY) ## All tests, the notebooks included
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadscope -m "not faults" tests
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile --nbval --nbval-sanitize-with tests/nbval-sanitize.cfg notebooks

test-faults: $(READY) ## Killed, hung and interrupted runs; takes minutes
	$(BIN)/python -m pytest -m faults tests

test-engines: $(ENGINES_READY) ## Spark with two workers and a PostgreSQL server, started and stopped; takes minutes
	@if ! command -v java >/dev/null || ! { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1; then \
	  echo "make test-engines needs Java 17 or later and PostgreSQL: apt-get install default-jre-headless postgresql" >&2; exit 1; fi
	$(ENGINES)/bin/python -m pytest -m "$(ENGINE_TESTS)" tests/engines

test-browser: $(READY) ## The pages in a real browser; needs Chromium, Node and npm
	@if [ -z "$(CHROMIUM)" ] || ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
	  echo "make test-browser needs Chromium, Node 18.19 or later, and npm: apt-get install chromium nodejs npm" >&2; exit 1; fi
	cd $(BROWSER) && npm ci --no-audit --no-fund --loglevel=error
	$(BIN)/python $(BROWSER)/prepare.py $(BROWSER)/.site
	cd $(BROWSER) && SITE=.site CHROMIUM=$(CHROMIUM) node --test --test-reporter=spec pages.test.mjs

lint: $(READY) ## Format, lint, the laws of imports, undeclared imports, dead code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry nhsind
	$(BIN)/vulture

check: lint types ## Lint, types, and the unit and spec tests of what changed since main
	$(BIN)/python tests/changed.py

types: $(READY) ## Type checks
	$(BIN)/mypy

lab: $(READY) ## JupyterLab on the notebooks
	# Until it is trusted or run, Lab strips a notebook's charts down to their words.
	$(BIN)/jupyter trust --log-level WARN notebooks/*.ipynb
	$(BIN)/jupyter lab --notebook-dir=notebooks

bench: $(READY) ## Benchmarks, each beside what it is compared with
	$(BIN)/python benchmarks/derive.py
	$(BIN)/python benchmarks/published.py $(PUBLISHED)
	$(BIN)/python benchmarks/interpretation.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/reports.py
	$(BIN)/python benchmarks/errors.py

docs: $(READY) ## Write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

notebooks: $(READY) ## Run the notebooks again and store their outputs
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level WARN \
	  --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

lock: $(READY) ## Resolve requirements.lock, the two shorter lists and that of the engines again from pyproject.toml
	uv pip compile pyproject.toml --extra polars --extra cluster --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock
	uv pip compile pyproject.toml -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements-runtime.lock
	$(BIN)/python -c 'import tomllib; print(*(each for each in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"] if not each.startswith("jupyterlab")), sep="\n")' | \
	  uv pip compile - -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements-run.lock
	uv pip compile pyproject.toml --all-extras --group dev --constraints requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links -o requirements-engines.lock

clean: ## Remove what set-up made
	rm -rf $(VENV) $(UV_VENV) $(ENGINES)

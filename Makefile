# Thin: each target is one or two commands that also work by hand. `scripts/setup` installs what they need.
SHELL := /bin/bash
RUN := .venv/bin
IMAGE ?=
FLAGS ?=
WORKERS ?= 2

.PHONY: help demo serve test check bench quality fmt docs schema soak audit setup weights browser clean

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: weights  ## cut out IMAGE=... (or a sample) into out/
	@mkdir -p out
	@if [ -n "$(IMAGE)" ]; then input="$(IMAGE)"; else input=out/sample.jpg; $(RUN)/python scripts/sample_picture.py $$input; fi; \
	$(RUN)/lumiku remove "$$input" -o out/cutout.png --force && \
	$(RUN)/lumiku sheet "$$input" -o out/sheet.png --force && \
	echo "The cutout is out/cutout.png; out/sheet.png shows it over a checkerboard, black and white."

serve: setup  ## run the server: database, API and workers (FLAGS="--port 9000 --open" and such)
	@exec $(RUN)/lumiku serve $(FLAGS)

test: weights browser check  ## everything: check, then integration, browser, property and quality tests
	$(RUN)/python -m pytest tests --ignore=tests/unit -n $(WORKERS) --durations=25

check: setup  ## lint, types, imports, generated pages, unit tests; under two minutes
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python scripts/generate_docs.py --check
	$(RUN)/python frontend/make.py check
	$(RUN)/python -m pytest tests/unit -n $(WORKERS)

bench: weights  ## speed, memory and size against rembg, interleaved in one run
	$(RUN)/python -m benchmarks

quality: weights  ## the matting metrics of every tier and model on ../shared/data/matting
	$(RUN)/python -m benchmarks.quality

fmt: setup  ## format and fix
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .
	$(RUN)/python frontend/make.py fmt

docs: setup  ## write MODELS.md and docs/reference/ from the code
	$(RUN)/python scripts/generate_docs.py

schema: setup  ## write what `lumiku db verify` expects from the revisions
	$(RUN)/python scripts/write_schema.py

soak: weights  ## the long fuzz, leak and kill runs, and a fault at every statement of the ledger
	$(RUN)/python -m pytest tests -m soak --timeout=3600
	$(RUN)/python -m pytest tests/integration/credits/test_faults.py

audit: setup  ## known vulnerabilities in what is installed
	$(RUN)/pip-audit --skip-editable

setup:
	@scripts/setup

weights: setup
	@scripts/setup weights

browser: setup
	@scripts/setup browser

clean:  ## remove what make made, but not the weights
	rm -rf .venv .cache out dist frontend/node_modules src/lumiku/web .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

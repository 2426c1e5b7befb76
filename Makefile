# Everything that a developer or a hosted run does. Needs make, and a Python from 3.11 on with its venv module; the rest is fetched.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2
SECONDS ?= 60
SEED ?= 0
ARGS ?=

.PHONY: help demo serve test lint format bench fuzz clean

help:  ## lists these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

demo: $(STAMP)  ## starts real servers, loads a small shop, asks it questions over Flight SQL and HTTP, and ends
	@$(BIN)/python -m demo $(ARGS)

serve: $(STAMP)  ## the same, and stays for you to ask
	@$(BIN)/python -m demo --serve $(ARGS)

test: $(STAMP)  ## the whole suite, against real servers; ARGS="-k cancel" chooses
	@$(BIN)/python -m demo.servers run -- $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: $(STAMP)  ## ruff's rules and format, and strict mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(STAMP)  ## puts imports and layout right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(STAMP)  ## the benchmarks, small; ARGS="--scale 1" for the sizes in the README
	@$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(STAMP)  ## random queries against DuckDB for SECONDS=60 from SEED=0; ARGS="--store pg" chooses
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) $(ARGS)

clean:  ## removes what the other commands made
	rm -rf $(VENV) .servers .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Foz needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

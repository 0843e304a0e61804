# The two that matter: `make demo` to look at it, `make test` to trust it. Needs Python 3.11 and make, nothing else.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
SOURCES := $(wildcard portal/translations/*/LC_MESSAGES/messages.po)
DICTIONARIES := $(addprefix portal/search/,compiling.py dictionary.py english.py georgian.py languages.py writing.py)

.DEFAULT_GOAL := help
.PHONY: help demo setup test check bench format lock translations screenshots clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/runtime $(VENV)/words ## Set up and serve http://127.0.0.1:8000 with the guidance and a sample company
	@exec $(BIN)/portal demo

setup: $(VENV)/runtime $(VENV)/words ## Set up what it takes to run the portal
	@echo "Ready: $(BIN)/portal --help"

test: $(VENV)/development $(VENV)/words ## Set up and run every check and test, on SQLite and PostgreSQL
	@$(BIN)/python tests/run.py

check: $(VENV)/development $(VENV)/words ## Lint, types and architecture alone
	@$(BIN)/python tests/run.py --checks

bench: $(VENV)/development $(VENV)/words ## Measure speed and memory: pages, the feed, a survey of 50,000, dictionaries, search beside FTS5
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.feed
	@$(BIN)/python -m bench.pulse
	@$(BIN)/python -m bench.words
	@$(BIN)/python -m bench.search

screenshots: $(VENV)/development $(VENV)/words ## Make the README's pictures anew
	@$(BIN)/python docs/screenshots.py

format: $(VENV)/development ## Put the code into its form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

translations: $(VENV)/development ## Bring the message catalogues up to date with the code
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k lazy -k _ --no-wrap --sort-output --omit-header \
		--no-location -o portal/translations/messages.pot portal
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date \
		-i portal/translations/messages.pot -d portal/translations
	@rm portal/translations/messages.pot
	@sed -i -E '/^"(Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' $(SOURCES)

lock: $(VENV)/development ## Resolve the dependencies anew and lock them with hashes
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --extra build -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --extra build --extra dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove the virtual environment and what was compiled (never the data)
	@rm -rf $(VENV) portal/translations/*/LC_MESSAGES/*.mo portal/search/compiled

# The stamps in .venv say which locks were installed, so that a second run has nothing to do.
$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is needed; set PYTHON=... if it has another name"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.lock pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the locked dependencies ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/words: $(SOURCES) $(DICTIONARIES) $(VENV)/runtime
	@test -z "$(SOURCES)" || $(BIN)/pybabel --quiet compile -d portal/translations
	@$(BIN)/python -c "from portal.search.compiling import compile_all; compile_all()"
	@touch $@

# Two commands are enough: `make run` and `make test`. Both set up what they need first.
SHELL := /bin/bash
.DEFAULT_GOAL := run

PORT ?= 8000
ONLY ?=
ORDERS ?= samples/orders_amazon_unshipped.txt
PRODUCTS ?= samples/products.csv
OUT ?= var/journey
MERCHANT ?=
ANY_PYTHON := $(or $(PYTHON),$(shell command -v python3 || command -v python3.13 || command -v python3.12 || command -v python3.11))
BOOTSTRAP = $(ANY_PYTHON) -I config/embedded/bootstrap.py
BIN = .venv/bin
# Checks load the settings, which refuse to start without secrets; these open nothing.
CHECK_ENV = DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=.

.PHONY: run setup test check bench journey lock format

run: ## Start everything and stay in the foreground
	@$(BOOTSTRAP)
	@PORT=$(PORT) exec $(BIN)/python -m config.embedded.supervisor run

setup: ## Virtualenv, dependencies and system libraries, also those of the tests
	@$(BOOTSTRAP) --with-tests

# One process a core, four at most: each has a Postgres and a Redis of its own.
test: PROCESSES ?= -n auto --maxprocesses 4 --dist loadgroup
test: ## The whole test suite, browser included (ARGS= goes to pytest)
	@$(BOOTSTRAP) --with-tests
	@$(BIN)/python -m pytest $(PROCESSES) $(ARGS)

check: ## Format, lint, types, import contracts, migrations, API schema, translations
	@$(BOOTSTRAP) --with-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(CHECK_ENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(CHECK_ENV) $(BIN)/python manage.py spectacular --api-version v1 --validate --fail-on-warn | diff - docs/openapi.yaml
	$(BIN)/python -I config/embedded/messages.py --check

format: ## Write what `make check` would ask for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(CHECK_ENV) $(BIN)/python manage.py spectacular --api-version v1 > docs/openapi.yaml

bench: ## Figures as JSON lines and a table (ONLY=prefix)
	@$(BOOTSTRAP) --with-tests
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

journey: ## ORDERS= and PRODUCTS= in, journey.json, rejected.csv and PDFs in OUT=
	@$(BOOTSTRAP)
	@$(BIN)/python manage.py journey --orders "$(ORDERS)" --products "$(PRODUCTS)" --out "$(OUT)" \
		$(if $(MERCHANT),--merchant "$(MERCHANT)")

lock: ## Write both locks anew from requirements*.in (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header -c requirements.txt requirements-test.in -o requirements-test.txt

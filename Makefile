# make run     set everything up, load the demo once, serve on http://127.0.0.1:5000 (PORT=…)
# make test    every test, in a real browser, on SQLite and (where it is installed) on PostgreSQL with PostGIS
# make check   linters, types and tests: what has to pass before a change goes in
# make help    all the others

.PHONY: help setup setup-dev build run demo test test-postgresql test-js browser lint check fix bench texts lock clean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python on this machine that is new enough; PYTHON=… chooses another. Not the one in .venv: it may be made anew.
MACHINE_PATH := $(subst $(CURDIR)/.venv/bin:,,$(PATH))
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell PATH='$(MACHINE_PATH)'; for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && exit; done; \
	command -v python3 || echo python3)
endif
PORT ?= 5000
# One process more than the smallest machine has cores: browsers wait a lot.
PYTEST = .venv/bin/python -m pytest -n 3 --dist worksteal
ON_POSTGRESQL = $(PYTEST) --ignore=tests/every_page -m "not browser or story"

export PORT
# Node may be the one in the environment; nothing here fetches another Python.
export PATH := $(CURDIR)/.venv/bin:$(MACHINE_PATH)
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE =

help:
	@echo 'make run     set up, load the demo once, serve on http://127.0.0.1:$(PORT)  (PORT=8000 make run: elsewhere)'
	@echo 'make test    every test, with a real browser, on SQLite and, if it is installed, PostgreSQL'
	@echo 'make check   linters, types and tests'
	@echo 'make fix     format, and repair what linters can repair'
	@echo 'make bench   measure beside what is possible, into docs/performance.md; a part: make bench SIZES=10000 DATABASES=sqlite'
	@echo 'make setup   only install what is needed into this folder (.venv, node_modules)'
	@echo 'make build   only bundle scripts, styles, fonts and translations'
	@echo 'make demo    only bring the database up to date and load the demo'
	@echo 'make texts   bring the German and English catalogues in line with the sources'
	@echo 'make lock    pin the newest allowed packages in requirements*.txt and package-lock.json'
	@echo 'make clean   remove all that was installed or built; instance/ with your data stays'

setup:
	@$(PYTHON) tools/install.py

setup-dev:
	@$(PYTHON) tools/install.py --dev

build: setup
	@.venv/bin/python tools/subset_fonts.py
	@node tools/build.mjs
	@.venv/bin/python tools/translations.py compile

demo: build
	@.venv/bin/python -m flask --app app db upgrade
	@.venv/bin/python -m flask --app app demo

# Ctrl-C is how one ends a server, no error: the shell waits for it and tells make that all is well.
# The demo is about Leipzig, so the header says so unless told otherwise.
run: export PARTICIPATION_SITE_CITY := $(or $(PARTICIPATION_SITE_CITY),Leipzig)
run: demo
	@trap : INT; .venv/bin/python -m flask --app app serve; code=$$?; [ $$code -eq 130 ] || exit $$code

browser: setup-dev
	@.venv/bin/python -m tests.browser.chromium

test-js: setup-dev
	@node --test --test-reporter=dot 'tests/js/**/*.test.js'

test: setup-dev build browser test-js
	@env -u TEST_DATABASE_URL $(PYTEST)
	@$(MAKE) test-postgresql

# With TEST_DATABASE_URL: there. Without: on a server of its own, if this machine has the programs.
# How pages look and are used does not depend on the database: `make test` looks at that once, on SQLite. What people do to
# the same data does: these stories are played on both.
test-postgresql: setup-dev build
	@if [ -n "$$TEST_DATABASE_URL" ]; then $(ON_POSTGRESQL); \
	elif .venv/bin/python tools/throwaway_postgres.py --is-possible; then \
		.venv/bin/python tools/throwaway_postgres.py -- $(ON_POSTGRESQL); \
	else \
		echo; echo 'The tests were NOT run on PostgreSQL: no server with PostGIS is installed, and TEST_DATABASE_URL is not set.'; \
	fi

lint: setup-dev build
	@tools/lint

check: lint test

fix: setup-dev
	@.venv/bin/python -m ruff check --fix --quiet . || true
	@.venv/bin/python -m ruff format --quiet .
	@npm run --silent format

# All of it takes the better part of an hour and writes the report. A part only shows its figures, unless WRITE=1.
BENCH = $(if $(SIZES),--sizes $(SIZES)) $(if $(DATABASES),--databases $(DATABASES)) $(if $(PARTS),--parts $(PARTS)) \
	$(if $(SECONDS_EACH),--seconds $(SECONDS_EACH)) $(if $(WRITE)$(if $(SIZES)$(DATABASES)$(PARTS),,all),--write)
bench: build
	@.venv/bin/python -m tools.bench $(BENCH)

texts: setup
	@.venv/bin/python tools/translations.py update

# npm forgets packages for other platforms when a node_modules is there, so it starts from nothing.
lock: setup
	@for name in requirements requirements-dev tools/uv tools/node; do \
		.venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
			--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $$name.in -o $$name.txt || exit; \
	done
	@for folder in . tests/browser; do \
		(cd $$folder && rm -rf node_modules package-lock.json && npm install --silent --package-lock-only) || exit; \
	done
	@$(MAKE) setup-dev

clean:
	@rm -rf .venv .cache node_modules tests/browser/node_modules static/dist
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov .coverage test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each target is one line; the work is in casset_site/runner, on any Python from 3.11 on.
PYTHON ?= python3
CASSET = $(PYTHON) casset_site/runner/bootstrap.py
.PHONY: help setup run test lint bench lock clean
.DEFAULT_GOAL := help

help: ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)
setup: ## Install everything for development into .venv, from the lock.
	@$(CASSET) setup
run: ## Serve the site at http://127.0.0.1:8000/ with demo data (PORT=…, ARGS=--no-demo).
	@$(CASSET) run $(ARGS)
test: ## Run all tests (ARGS="-k token" passes options to pytest).
	@$(CASSET) test $(ARGS)
lint: ## Check style, types, layers and migrations.
	@$(CASSET) lint
bench: ## Measure speed and memory beside their anchors.
	@$(CASSET) bench $(ARGS)
lock: ## Write the lock files anew (ARGS=--upgrade for newer versions).
	@$(CASSET) lock $(ARGS)
clean: ## Remove local data and caches.
	@$(PYTHON) casset_site/runner/cleaning.py

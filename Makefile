# One set of commands for people and for the checks. Each does its own set-up; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types unit docs bench judge alarms evasion poisoning ablation textless gauge figures picture clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## make the virtual environment that the other commands use

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## simulate a small world, scan it, and say where the report is
	rm -rf demo
	$(BIN)/iolaus simulate demo --out demo/world
	$(BIN)/iolaus scan demo/world/exchanges --accounts demo/world/accounts.parquet \
		--events demo/world/account_events.parquet --releases demo/world/releases.csv --out demo/results
	$(BIN)/iolaus explain --results demo/results

test: lint types unit  ## lint, types and tests (what the checks run)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/pytest

docs: $(READY)  ## write the generated pages under docs/ anew
	$(BIN)/python -m iolaus.documents

bench: $(READY)  ## measure speed and memory; prints ratios against a baseline of the same run
	$(BIN)/python -m benchmarks

judge: $(READY)  ## judge the scan and baselines on a sample of worlds (an hour; resumes); JUDGE="--only S2 --record docs"
	$(BIN)/python -m iolaus.evaluate.judge sample $(JUDGE)

alarms: $(READY)  ## scan a hundred honest worlds and count who is accused (two hours; resumes); ALARMS="--first 20"
	$(BIN)/python -m iolaus.evaluate.judge honest --record docs $(ALARMS)

evasion: $(READY)  ## what each adaptive step costs the scan and its operator (a quarter of an hour; resumes); EVASION="--only hours"
	$(BIN)/python -m iolaus.evaluate.evasion --record docs $(EVASION)

poisoning: $(READY)  ## operators who prepare what they are compared with (a quarter of an hour; resumes); POISONING="--only framed"
	$(BIN)/python -m iolaus.evaluate.poisoning --record docs $(POISONING)

ablation: $(READY)  ## what each family of evidence is worth (a quarter of an hour; resumes); ABLATION="--only S2"
	$(BIN)/python -m iolaus.evaluate.ablation --record docs $(ABLATION)

textless: $(READY)  ## what a scan finds where no text is kept (an hour; resumes); TEXTLESS="S2 S7"
	$(BIN)/python -m iolaus.evaluate.textless --record docs $(TEXTLESS)

gauge: $(READY)  ## gauge every shipped scenario field by field; writes docs/gauge.json and the table of docs/worlds.md
	$(BIN)/python -m iolaus.evaluate.gauge_page --record docs

figures: $(READY)  ## judge them on all worlds and write docs/figures.json (many hours; resumes)
	$(BIN)/python -m iolaus.evaluate.judge whole --record docs

SHOOT = chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
	--force-device-scale-factor=1 --user-data-dir=build/browser

picture: demo  ## draw the pictures in README.md and docs from the demo's report and a world's gauge (needs chromium)
	mkdir -p build
	$(SHOOT) --window-size=1180,2300 --screenshot=docs/report.png file://$(CURDIR)/demo/results/report.html
	$(BIN)/iolaus simulate src/iolaus/evaluate/tenants.toml --out build/tenants
	$(BIN)/iolaus evaluate world build/tenants --page build/tenants.html
	$(SHOOT) --window-size=1180,900 --screenshot=docs/tenants.png file://$(CURDIR)/build/tenants.html

clean:  ## remove what the commands made
	rm -rf $(VENV) build dist demo iolaus-out .mypy_cache .ruff_cache .pytest_cache

# The two commands of this project are `make run` and `make test`; `make help` lists the others.
VENV := .venv
BIN := $(VENV)/bin
DOCS_VENV := .venv-docs
CORES ?= all
CONFIG ?= config/config.yaml
RESULTS ?= results
IN ?=
FROM ?=
PYTEST_OPTIONS ?=
WORKERS ?= 2
# Each file's tests in one worker, in the order of the files: those with slow tests come first.
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 25
export REQUIRE_TOOLS
BENCH_OPTIONS ?=
MUTANTS_OPTIONS ?=
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: $(VENV)/run.stamp ## make the environment and run the default study (CORES=all)
	$(BIN)/snakemake --cores $(CORES) --logger progress
	@echo
	@echo "Done. Open results/report.html in a browser; results/README.md says what each file is."
	@echo "From now on: . $(BIN)/activate && snakemake --cores $(CORES)"

.PHONY: study
study: $(VENV)/run.stamp ## draft a study from its trials' files (IN=my-study FROM="my-study/data/north.csv my-study/data/south.sav")
	$(BIN)/python workflow/scripts/new_study.py $(IN) $(FROM)

.PHONY: check
check: $(VENV)/run.stamp ## say everything that is wrong with a study (CONFIG=my-study/config.yaml), run nothing
	$(BIN)/python workflow/scripts/check_study.py $(CONFIG)

.PHONY: share
share: $(VENV)/run.stamp ## put all results that may be shown into one file, shared.zip (RESULTS=results)
	$(BIN)/python workflow/scripts/share_results.py $(RESULTS)

.PHONY: environment
environment: $(VENV)/run.stamp ## make the environment and run nothing

.PHONY: test
test: lint tests ## lint, types, formats and every test (REQUIRE_TOOLS=1: a missing tool is a failure; WORKERS=2)

.PHONY: tests
tests: $(VENV)/dev.stamp ## every test
	$(BIN)/python -m pytest $(IN_PARALLEL) $(PYTEST_OPTIONS)

.PHONY: unit
unit: $(VENV)/dev.stamp ## the tests that are quick
	$(BIN)/python -m pytest -m "not slow" $(IN_PARALLEL) $(PYTEST_OPTIONS)

.PHONY: bench
bench: $(VENV)/run.stamp ## time the models against statsmodels and R (BENCH_OPTIONS=--quick)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH="$(CURDIR)/workflow/scripts" \
		$(BIN)/python -m tests.benchmarks.bench $(BENCH_OPTIONS)

.PHONY: mutants
mutants: $(VENV)/dev.stamp ## put one-line faults into the code and count those that the tests notice
	$(BIN)/python -m tests.mutants.run $(MUTANTS_OPTIONS)

.PHONY: lint
lint: $(VENV)/dev.stamp ## lint, types and formats only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint

.PHONY: format
format: $(VENV)/dev.stamp ## put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

.PHONY: pages
pages: export PYTHONPATH := $(CURDIR)/workflow/scripts
pages: $(VENV)/dev.stamp ## write those parts of the pages anew that the code and the schemas say
	$(BIN)/python -m tests.unit.data.test_config_readme
	$(BIN)/python -m tests.unit.data.test_readme_values
	$(BIN)/python -m tests.unit.docs.generated

.PHONY: docs
docs: $(DOCS_VENV)/docs.stamp ## build the documentation site in build/site; a broken link is an error
	@$(DOCS_VENV)/bin/python docs/site/build_site.py
	@echo "Open build/site/index.html in a browser."

.PHONY: lock
lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate \
		--upgrade --custom-compile-command "make lock" --output-file envs/requirements.lock
	uv pip compile pyproject.toml --group dev --constraint envs/requirements.lock \
		--universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" --output-file envs/requirements-dev.lock
	uv pip compile --group docs --constraint envs/requirements-dev.lock \
		--universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" --output-file envs/requirements-docs.lock

DRAWN := path_diagram four_worlds each_trial leave_one_out death measurement_error proportional_odds surrogacy
PICTURES := $(DRAWN) specification_curve what_would_undo_it answer rulegraph
.PHONY: pictures
pictures: $(VENV)/run.stamp ## make the pictures of the pages anew (needs graphviz, Chromium and a finished default run)
	$(BIN)/snakemake --rulegraph dot 2>/dev/null | tred | dot -Tpng -Gdpi=90 -o docs/rulegraph.png
	cp $(DRAWN:%=results/primary/figures/%.png) results/all_analyses/specification_curve.png docs/
	cp results/primary/figures/confounding.png docs/what_would_undo_it.png
	chromium --headless --no-sandbox --hide-scrollbars --window-size=1000,1265 --screenshot=docs/answer.png \
		"file://$(CURDIR)/results/report.html"
	$(BIN)/python -c "import sys; from PIL import Image; \
		[Image.open(path).convert('RGB').quantize(64).save(path) for path in sys.argv[1:]]" $(PICTURES:%=docs/%.png)

.PHONY: clean
clean: ## remove what runs have made, keep the environment
	rm -rf results/* logs benchmarks .snakemake
	git checkout -- results/README.md

# pip says much that nobody needs unless it fails.
define install
	@echo "Installing $< into $(@D) ..."
	@$(@D)/bin/python -m pip install --require-hashes --requirement $< >$(@D)/pip.log 2>&1 || { \
		grep -i error $(@D)/pip.log; echo "pip failed; everything that it said is in $(@D)/pip.log"; exit 1; }
endef

$(VENV)/pyvenv.cfg $(DOCS_VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(SUPPORTED)' || { \
		echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(@D)

# The path file makes `snakemake --logger progress` find what shows the progress.
$(VENV)/run.stamp: envs/requirements.lock | $(VENV)/pyvenv.cfg
	$(install)
	@$(BIN)/python -c "from pathlib import Path; import sysconfig; \
		path = Path(sysconfig.get_path('purelib'), 'ipdmediation_progress.pth'); \
		path.write_text(str(Path('workflow/logger').resolve()) + '\n')"
	@touch $@

$(VENV)/dev.stamp: envs/requirements-dev.lock $(VENV)/run.stamp
	$(install)
	@touch $@

# Apart from the others: what builds the site is no part of a run or of its tests.
$(DOCS_VENV)/docs.stamp: envs/requirements-docs.lock | $(DOCS_VENV)/pyvenv.cfg
	$(install)
	@touch $@

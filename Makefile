# make gate    judge an infra repo; exit status 0: the gate is open, 1: closed, 2: it could not be asked
#              INFRA=PATH  DNS=MODE  AS_OF=DATE  BASE=REV  BLOCK=all|new  WAIVERS=FILE  WAIVERS_FROM=change|base
#              FEATURES=PATH|example  REPORT_DIR=DIR  LINK=URL, and ARGS for pytest
# make history since when each promise holds, and which commit broke it: INFRA, FEATURES, SINCE=DAY|REV, REPORT_DIR, LINK
#              (of commits), and ARGS for the command
# make prove   the same as make gate, after it has installed (on Debian, as root) the programs that prove what only they can,
#              and closed where one of them is missing
# make test    the suite's own tests, of the slow ones a sample that is another with each commit (ARGS for pytest)
# make test-all   all of them
# make mutate  change the good repo in small ways, one after the other, and see which requirement notices: prints the
#              score, writes docs/mutation.md, exit status 2 where a mutant survives for no known reason (ARGS=--check:
#              or where the page said otherwise)
# make check   ruff (format and lint), mypy, then what make test does
# make truth   record anew, from the installed terraform, what the tests expect
# make lock    lock what requirements/*.in ask for (ARGS=--upgrade for newer versions)
# make clean   remove what the others made
#
# Python 3.11+, make and a package index are enough: each target first brings .venv in line with its lock.
# Another Python: make PYTHON=python3.12 ...

PYTHON ?= python3
python := .venv/bin/python

# Where requirements/helm.py puts what no Debian package has.
export PATH := $(PATH):$(CURDIR)/.venv/bin
# Only what is locked counts.
unexport PYTHONHOME PYTHONPATH
# Many containers set it.  Each run would then compile anew what is ours: an eighth of a gate's time, and with the
# development lock more than a quarter, for pytest then rewrites all of hypothesis.
unexport PYTHONDONTWRITEBYTECODE
# What these hold is text, whoever set it: nothing of it is expanded ($(value ...) instead of $(...)).  Nor is it handed
# on in the environment, for there make would expand it.
unexport INFRA FEATURES DNS AS_OF BASE BLOCK WAIVERS WAIVERS_FROM REPORT_DIR LINK SINCE ARGS PYTHON

.PHONY: gate history prove test test-all mutate check lint truth lock clean .venv-run .venv-dev
.NOTPARALLEL:

# What was asked must be what is judged: a variable that nobody reads is a misspelt one, and one that is set to nothing
# comes of one that was not set where it was to be taken from.
settings := INFRA FEATURES DNS AS_OF BASE BLOCK WAIVERS WAIVERS_FROM REPORT_DIR LINK SINCE
known := $(settings) ARGS PYTHON python SHELL
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
unknown := $(strip $(filter-out $(known),$(given)))
set := $(foreach name,$(settings),$(if $(filter command environment,$(origin $(name))),$(name)))
empty := $(strip $(foreach name,$(set),$(if $(strip $(value $(name))),,$(name))))
ifneq ($(unknown),)
$(error no such variable: $(unknown) (make takes $(filter-out python SHELL,$(known))))
endif
ifneq ($(empty),)
$(error $(firstword $(empty)) is set, and empty: give it a value, or leave it out)
endif

# Every failure of a recipe is exit status 2 to make, except to the question (-q) whether a goal is up to date: its
# "no" is 1.  That is what `make gate` asks, so it is put so; a `+` has the line run nevertheless (but not under -n).
ifeq ($(filter-out gate prove,$(or $(MAKECMDGOALS),gate)),)
ifeq ($(findstring n,$(firstword -$(MAKEFLAGS))),)
MAKEFLAGS += --question
ask := +
endif
endif

quoted = '$(subst ','\'',$1)'
option = $(if $(value $2),$1 $(call quoted,$(value $2)))

judge = $(python) -m design_policy judge \
  $(call option,--infra,INFRA) $(call option,--features,FEATURES) $(call option,--dns,DNS) $(call option,--as-of,AS_OF) \
  $(call option,--base,BASE) $(call option,--block,BLOCK) $(call option,--waivers,WAIVERS) \
  $(call option,--waivers-from,WAIVERS_FROM) \
  $(call option,--report-dir,REPORT_DIR) $(call option,--link,LINK)

gate: .venv-run
	$(ask)@$(judge) $(value ARGS)

history: .venv-run
	@$(python) -m design_policy history $(call option,--infra,INFRA) $(call option,--features,FEATURES) \
	  $(call option,--since,SINCE) $(call option,--report-dir,REPORT_DIR) $(call option,--link,LINK) $(value ARGS)

prove: .venv-run
	$(ask)@requirements/programs.sh && $(python) requirements/helm.py && $(judge) --require-proof $(value ARGS)

test: .venv-dev
	@$(python) -m pytest tests -n 2 --dist worksteal --slow=sample $(value ARGS)

test-all: .venv-dev
	@$(python) -m pytest tests -n 2 --dist worksteal $(value ARGS)

mutate: .venv-dev
	@$(python) -m tests.mutation.mutate $(value ARGS)

check: lint test

lint: .venv-dev
	$(python) -m ruff format --check
	$(python) -m ruff check
	$(python) -m mypy

truth: .venv-dev
	$(python) -m tests.record_truth $(value ARGS)
	$(if $(value ARGS),,$(python) -m tests.record_modules && $(python) -m tests.record_syntax)

lock: .venv-dev
	@cd requirements && for lock in run dev; do \
	  ../$(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command 'make lock' --output-file $$lock.txt $$lock.in $(value ARGS) || exit; \
	done

clean:
	rm -rf .venv .hypothesis .mutate .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv-run .venv-dev: .venv-%:
	$(ask)@$(value PYTHON) requirements/install.py $* || exit 2

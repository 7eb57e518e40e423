# Camp. Every target installs by itself what the machine lacks (.ci/setup says what and why).
.PHONY: help run build test check bench soak fuzz dist

help:
	@echo "make run     builds Camp and opens it (without a display: serves a camp and prints where)"
	@echo "make test    everything that a change must pass; ends with the numbers"
	@echo "make check   the fast part: no C, no screen, no browser"
	@echo "make bench   measures, and prints the table of assets/docs/PERFORMANCE.md"
	@echo "make soak    the long tests in full, and a million posts"
	@echo "make fuzz    every fuzz test for a minute"
	@echo "make dist    programs to hand out, in dist/"

run:
	@.ci/setup build
	@.ci/start

build:
	@.ci/setup build
	@.ci/build camp camp-window

test:
	@.ci/setup build test
	@.ci/test

check:
	@.ci/setup
	@.ci/test check

bench:
	@.ci/setup build test
	@.ci/build camp camp-window
	@.ci/bench

soak:
	@.ci/setup build test
	@.ci/soak

fuzz:
	@.ci/setup
	@.ci/fuzz

dist:
	@.ci/setup build dist
	@.ci/dist

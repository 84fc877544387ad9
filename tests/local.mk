# Unit tests, one program a module; a folder's fragment adds its own with
# "unit_tests += tests/unit/test_x". The lint and scenario tests are scripts.
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
endif
TESTS = $(check_PROGRAMS) $(dist_check_SCRIPTS)
LOG_COMPILER = $(SHELL) $(srcdir)/tests/run
EXTRA_DIST += tests/run
AM_TESTS_ENVIRONMENT = \
	GAZ_FIXTURES='$(abs_top_srcdir)/tests/fixtures'; export GAZ_FIXTURES; \
	GAZ_SRCDIR='$(abs_top_srcdir)'; export GAZ_SRCDIR; \
	GAZ_BUILDDIR='$(abs_top_builddir)'; export GAZ_BUILDDIR; \
	GAZ_CONFIG_SAMPLES='$(abs_top_srcdir)/conf'; export GAZ_CONFIG_SAMPLES; \
	CC='$(CC)'; export CC; \
	PYTHON3='$(PYTHON3)'; export PYTHON3; \
	GAZ_CFLAGS='$(AM_CFLAGS)'; export GAZ_CFLAGS; \
	ASAN_OPTIONS=detect_leaks=1; export ASAN_OPTIONS;

include tests/lint/local.mk
include tests/e2e/local.mk
include tests/fuzz/local.mk
include tests/scenario/local.mk

# Which lines the unit tests and the fuzz corpus run, a file and a folder.
# Configured with --enable-coverage (gcc). COVERAGE names the folders.
COVERAGE = src/*
coverage: $(check_PROGRAMS)
if COVERAGE
	@find . -name '*.gcda' -exec rm -f {} +
	@$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(check_PROGRAMS)'
	@$(SHELL) $(srcdir)/tests/coverage $(COVERAGE)
else
	@echo "make coverage: configure with --enable-coverage" >&2; exit 1
endif
.PHONY: coverage
EXTRA_DIST += tests/coverage

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

# make check-valgrind: the unit tests and some of the daemon's life under
# valgrind. No error, no lost memory, no descriptor left open. GAZ_SMALL makes
# tests do less of the same, which are too slow for that otherwise.
memcheck_tests = $(unit_tests) \
	tests/scenario/again \
	tests/scenario/busy \
	tests/scenario/embeddings \
	tests/scenario/ending \
	tests/scenario/history \
	tests/scenario/hub \
	tests/scenario/icons \
	tests/scenario/lists \
	tests/scenario/websub
check-valgrind: all $(check_PROGRAMS) tests/memcheck/self.so \
	    tests/scenario/stage.so
if SANITIZED
	@echo "make check-valgrind: not in a build with a sanitizer" >&2; exit 1
else
	@rm -rf memcheck; mkdir memcheck
	@GAZ_MEMCHECK='$(abs_builddir)/memcheck'; export GAZ_MEMCHECK; \
	GAZ_UNDER='$(abs_srcdir)/tests/memcheck/run'; export GAZ_UNDER; \
	GAZ_SMALL=yes; export GAZ_SMALL; \
	GAZ_PATIENCE=600; export GAZ_PATIENCE; \
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(memcheck_tests)'; status=$$?; \
	$(srcdir)/tests/memcheck/run --report && exit $$status
endif
tests/memcheck/self.so: tests/memcheck/self.c
	$(AM_V_CC)$(MKDIR_P) tests/memcheck && $(CC) -std=c11 -Wall -Wextra \
	    $(CPPFLAGS) -O1 -g -fPIC -shared -o $@ \
	    $(srcdir)/tests/memcheck/self.c $(LDFLAGS) -ldl
.PHONY: check-valgrind
CLEANFILES += tests/memcheck/self.so
clean-local:
	-rm -rf memcheck
EXTRA_DIST += tests/memcheck/run tests/memcheck/self.c \
	tests/memcheck/suppressions

# make analyze: what gcc's and clang's static analyzers see in the sources,
# headers of ours and of libraries included.
analyze:
	@CPPFLAGS='$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS)' \
	CFLAGS='$(AM_CFLAGS)' $(SHELL) $(srcdir)/tests/analyze \
	    $(srcdir) $(ANALYZE)
.PHONY: analyze
EXTRA_DIST += tests/analyze tests/analyze.known

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

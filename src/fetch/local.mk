libgazetted_a_SOURCES += \
	src/fetch/address.c src/fetch/address.h \
	src/fetch/answer.c \
	src/fetch/cooling.c \
	src/fetch/evcurl.c src/fetch/evcurl.h \
	src/fetch/fetch.c include/gazetted/fetch.h \
	src/fetch/fetcher.h \
	src/fetch/gunzip.c src/fetch/gunzip.h \
	src/fetch/head.c src/fetch/head.h \
	src/fetch/hop.c src/fetch/hop.h \
	src/fetch/hostgate.c src/fetch/hostgate.h \
	src/fetch/judge.c \
	src/fetch/link.c include/gazetted/link.h \
	src/fetch/proxy.c src/fetch/proxy.h \
	src/fetch/settings.c src/fetch/settings.h \
	src/fetch/turn.c \
	src/fetch/uri.c src/fetch/uri.h
unit_tests += \
	tests/unit/test_address \
	tests/unit/test_fetch \
	tests/unit/test_fetch_load \
	tests/unit/test_fetch_tls \
	tests/unit/test_head \
	tests/unit/test_hostgate \
	tests/unit/test_link \
	tests/unit/test_uri
EXTRA_DIST += tests/scenario/certs tests/scenario/server.py
EXTRA_PROGRAMS += tests/bench/bench_fetch
EXTRA_PROGRAMS += tests/bench/farm tests/bench/bare
tests_bench_farm_SOURCES = tests/bench/farm.c
tests_bench_bare_SOURCES = tests/bench/bare.c
EXTRA_DIST += tests/bench/scale tests/bench/allocations.c
# Who asks for memory; loaded in front of the C library.
CLEANFILES += tests/bench/allocations.so tests/bench/farm$(EXEEXT) \
	tests/bench/bare$(EXEEXT)
tests/bench/allocations.so: tests/bench/allocations.c
	$(AM_V_CC)$(MKDIR_P) tests/bench && $(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra \
	    $(CPPFLAGS) -O1 -g -fPIC -shared -o $@ \
	    $(srcdir)/tests/bench/allocations.c $(LDFLAGS) -ldl
# tests/scenario/scale runs them a little.
check_DATA += tests/bench/farm$(EXEEXT) tests/bench/bare$(EXEEXT) \
	tests/bench/allocations.so
# Figures of the fetcher by itself and of the whole daemon, with their bars.
bench-fetch: gazetted$(EXEEXT) gazettectl$(EXEEXT) \
	    tests/bench/bench_fetch$(EXEEXT) tests/bench/farm$(EXEEXT) \
	    tests/bench/bare$(EXEEXT) tests/bench/allocations.so
	tests/bench/bench_fetch$(EXEEXT)
	GAZ_BUILDDIR='$(abs_top_builddir)' $(srcdir)/tests/bench/scale
.PHONY: bench-fetch

libgazetted_a_SOURCES += \
	src/schedule/interval.c include/gazetted/schedule.h \
	src/schedule/offline.c \
	src/schedule/pace.c \
	src/schedule/rhythm.c \
	src/schedule/schedule.c
unit_tests += \
	tests/unit/test_interval \
	tests/unit/test_rhythm \
	tests/unit/test_schedule
tests_unit_test_rhythm_SOURCES = tests/unit/test_rhythm.c \
	tests/bench/simulate.c tests/bench/simulate.h
EXTRA_PROGRAMS += tests/bench/bench_schedule
tests_bench_bench_schedule_SOURCES = tests/bench/bench_schedule.c
# A fortnight of 10,000 feeds by several rules; make check has a small one.
EXTRA_PROGRAMS += tests/bench/simulated
tests_bench_simulated_SOURCES = tests/bench/simulated.c \
	tests/bench/simulate.c tests/bench/simulate.h
simulate: tests/bench/simulated$(EXEEXT)
	tests/bench/simulated$(EXEEXT)
.PHONY: simulate

libgazetted_a_SOURCES += \
	src/schedule/interval.c include/gazetted/schedule.h \
	src/schedule/offline.c \
	src/schedule/rhythm.c \
	src/schedule/schedule.c
unit_tests += \
	tests/unit/test_schedule

libgazetted_a_SOURCES += \
	src/normalise/date.c include/gazetted/date.h
unit_tests += tests/unit/test_date

libgazetted_a_SOURCES += include/gazetted/dictionary.h \
	src/dictionary/dictionary.c
unit_tests += tests/unit/test_dictionary
EXTRA_DIST += tests/fixtures/dictionary

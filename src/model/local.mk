libgazetted_a_SOURCES += \
	include/gazetted/limits.h \
	include/gazetted/document.h \
	include/gazetted/fault.h src/model/fault.c \
	include/gazetted/batch.h src/model/batch.c \
	include/gazetted/extra.h src/model/extra.c \
	include/gazetted/view.h src/model/view.c
unit_tests += tests/unit/test_fault tests/unit/test_batch tests/unit/test_extra

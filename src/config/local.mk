libgazetted_a_SOURCES += \
	include/gazetted/config.h include/gazetted/rule.h \
	src/config/address.c \
	src/config/apply.c \
	src/config/apply_list.c \
	src/config/errors.c \
	src/config/expr.c src/config/expr.h \
	src/config/files.c \
	src/config/finish.c \
	src/config/lines.c \
	src/config/load.c src/config/reader.h \
	src/config/rule.c \
	src/config/sample.c \
	src/config/schema.c src/config/schema.h \
	src/config/setting.c src/config/setting.h \
	src/config/show.c \
	src/config/value.c
unit_tests += \
	tests/unit/test_config tests/unit/test_config_load \
	tests/unit/test_config_docs tests/unit/test_config_value \
	tests/unit/test_rule
EXTRA_DIST += tests/fixtures/config

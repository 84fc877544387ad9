libgazetted_a_SOURCES += \
	src/base/arena.c include/gazetted/arena.h \
	src/base/buf.c include/gazetted/buf.h \
	src/base/clock.c include/gazetted/clock.h \
	src/base/err.c include/gazetted/err.h \
	src/base/file.c include/gazetted/file.h \
	src/base/hash.c include/gazetted/hash.h \
	src/base/json.c include/gazetted/json.h \
	src/base/log.c include/gazetted/log.h \
	src/base/map.c include/gazetted/map.h \
	src/base/mem.c include/gazetted/mem.h \
	src/base/metrics.c include/gazetted/metrics.h \
	src/base/queue.c include/gazetted/queue.h \
	src/base/secret.c include/gazetted/secret.h \
	src/base/str.c include/gazetted/str.h \
	include/gazetted/vec.h
unit_tests += \
	tests/unit/test_arena \
	tests/unit/test_buf \
	tests/unit/test_clock \
	tests/unit/test_err \
	tests/unit/test_file \
	tests/unit/test_hash \
	tests/unit/test_json \
	tests/unit/test_log \
	tests/unit/test_map \
	tests/unit/test_mem \
	tests/unit/test_metrics \
	tests/unit/test_queue \
	tests/unit/test_secret \
	tests/unit/test_str

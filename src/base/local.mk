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
	src/base/str.c include/gazetted/str.h \
	include/gazetted/vec.h

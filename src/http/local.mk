libgazetted_a_SOURCES += \
	include/gazetted/http.h \
	src/http/cache.c \
	src/http/doc.c \
	src/http/head.c src/http/head.h \
	src/http/http.c src/http/server.h \
	src/http/listen.c \
	src/http/reply.c \
	src/http/route.c
unit_tests += \
	tests/unit/test_http \
	tests/unit/test_http_cache \
	tests/unit/test_http_head

libgazetted_a_SOURCES += \
	include/gazetted/http.h \
	src/http/accept.c \
	src/http/body.c \
	src/http/cache.c \
	src/http/conn.c \
	src/http/doc.c \
	src/http/fields.c \
	src/http/head.c src/http/head.h \
	src/http/http.c src/http/server.h \
	src/http/listen.c \
	src/http/reply.c \
	src/http/route.c
unit_tests += \
	tests/unit/test_http \
	tests/unit/test_http_limits \
	tests/unit/test_http_listen \
	tests/unit/test_http_cache \
	tests/unit/test_http_head

http_client = tests/unit/http_client.c tests/unit/http_client.h
tests_unit_test_http_SOURCES = tests/unit/test_http.c $(http_client)
tests_unit_test_http_limits_SOURCES = tests/unit/test_http_limits.c \
	$(http_client)
tests_unit_test_http_listen_SOURCES = tests/unit/test_http_listen.c \
	$(http_client)

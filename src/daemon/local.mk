bin_PROGRAMS += gazetted
gazetted_SOURCES = \
	src/daemon/app.c src/daemon/app.h \
	src/daemon/control.c src/daemon/control.h \
	src/daemon/corrections.c src/daemon/corrections.h \
	src/daemon/cycle.h \
	src/daemon/describe.c src/daemon/describe.h \
	src/daemon/embed.c \
	src/daemon/embedding.c src/daemon/embedding.h \
	src/daemon/exports.c \
	src/daemon/feeds.c \
	src/daemon/ingest.c \
	src/daemon/labels.c \
	src/daemon/lag.c \
	src/daemon/main.c \
	src/daemon/message.c src/daemon/message.h \
	src/daemon/notify.c \
	src/daemon/pipeline.c \
	src/daemon/pool.c src/daemon/pool.h \
	src/daemon/quiet.c \
	src/daemon/reload.c \
	src/daemon/render.c src/daemon/render.h \
	src/daemon/repair.c \
	src/daemon/reply.c src/daemon/reply.h \
	src/daemon/sandbox.c src/daemon/sandbox.h \
	src/daemon/subscriptions.c src/daemon/subscriptions.h \
	src/daemon/tasks.c src/daemon/tasks.h \
	src/daemon/views.c \
	src/daemon/worker.c src/daemon/worker.h \
	src/daemon/writer.c src/daemon/writer.h
gazetted_LDADD = libgazetted.a $(GAZ_LIBS)

unit_tests += tests/unit/test_sandbox tests/unit/test_message \
	tests/unit/test_embedding
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c \
	src/daemon/sandbox.c
tests_unit_test_message_SOURCES = tests/unit/test_message.c \
	src/daemon/message.c
tests_unit_test_embedding_SOURCES = tests/unit/test_embedding.c \
	src/daemon/embedding.c

bin_PROGRAMS += gazetted
gazetted_SOURCES = \
	src/daemon/app.c src/daemon/app.h \
	src/daemon/backlog.c \
	src/daemon/clocks.c \
	src/daemon/choice.c \
	src/daemon/control.c src/daemon/control.h \
	src/daemon/corrections.c src/daemon/corrections.h \
	src/daemon/cycle.c src/daemon/cycle.h \
	src/daemon/cycle_ask.c \
	src/daemon/cycle_end.c \
	src/daemon/describe.c src/daemon/describe.h \
	src/daemon/access.c \
	src/daemon/adding.c src/daemon/adding.h \
	src/daemon/embed.c \
	src/daemon/embedding.c src/daemon/embedding.h \
	src/daemon/errand.c src/daemon/errand.h \
	src/daemon/exports.c \
	src/daemon/feeds.c \
	src/daemon/history.c src/daemon/history.h \
	src/daemon/icons.c src/daemon/icons.h src/daemon/icon_type.c \
	src/daemon/hub.c src/daemon/hub.h \
	src/daemon/hub_send.c \
	src/daemon/hub_topic.c \
	src/daemon/ingest.c \
	src/daemon/labels.c \
	src/daemon/lists.c src/daemon/lists.h \
	src/daemon/lag.c \
	src/daemon/main.c \
	src/daemon/message.c src/daemon/message.h \
	src/daemon/notify.c \
	src/daemon/outage.c \
	src/daemon/outlines.c src/daemon/outlines.h \
	src/daemon/pauses.c \
	src/daemon/pipeline.c src/daemon/pressure.h \
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
	src/daemon/walk.c src/daemon/walk.h \
	src/daemon/worker.c src/daemon/worker.h \
	src/daemon/websub.c src/daemon/websub.h \
	src/daemon/websub_ask.c \
	src/daemon/websub_form.c src/daemon/websub_form.h \
	src/daemon/websub_hubs.c \
	src/daemon/websub_in.c \
	src/daemon/websub_poll.c \
	src/daemon/writer.c src/daemon/writer.h
gazetted_LDADD = libgazetted.a $(GAZ_LIBS)

unit_tests += tests/unit/test_sandbox tests/unit/test_message tests/unit/test_pressure \
	tests/unit/test_embedding tests/unit/test_ingest tests/unit/test_pool \
	tests/unit/test_websub_form \
	tests/unit/test_websub_ask tests/unit/test_adding \
	tests/unit/test_walk tests/unit/test_icon_type \
	tests/unit/test_worker_memory tests/unit/test_labels
tests_unit_test_icon_type_SOURCES = tests/unit/test_icon_type.c \
	src/daemon/icon_type.c
tests_unit_test_labels_SOURCES = tests/unit/test_labels.c \
	src/daemon/labels.c
tests_unit_test_walk_SOURCES = tests/unit/test_walk.c src/daemon/walk.c
tests_unit_test_adding_SOURCES = tests/unit/test_adding.c \
	src/daemon/choice.c
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c \
	src/daemon/sandbox.c
tests_unit_test_message_SOURCES = tests/unit/test_message.c \
	src/daemon/message.c
tests_unit_test_websub_ask_SOURCES = tests/unit/test_websub_ask.c \
	src/daemon/websub_ask.c src/daemon/websub_form.c
tests_unit_test_websub_form_SOURCES = tests/unit/test_websub_form.c \
	src/daemon/websub_form.c
tests_unit_test_ingest_SOURCES = tests/unit/test_ingest.c \
	src/daemon/ingest.c src/daemon/websub_form.c
# These include the pool and the worker themselves.
tests_unit_test_worker_memory_SOURCES = tests/unit/test_worker_memory.c \
	tests/unit/memory_shapes.c tests/unit/memory_shapes.h \
	tests/unit/memory_shapes_lists.c \
	src/daemon/message.c src/daemon/sandbox.c
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c \
	src/daemon/message.c src/daemon/sandbox.c
tests_unit_test_embedding_SOURCES = tests/unit/test_embedding.c \
	src/daemon/embedding.c

libgazetted_a_SOURCES += \
	include/gazetted/store.h src/store/store.c \
	src/store/db.h src/store/db.c \
	src/store/migrate.h src/store/migrate.c \
	src/store/embeddings.c src/store/icons.c src/store/lists.c \
	src/store/feeds.c src/store/fetches.c \
	src/store/identity.h src/store/identity.c \
	src/store/items.c \
	include/gazetted/lease.h src/store/leases.c \
	include/gazetted/subscriber.h src/store/subscribers.c \
	src/store/item.h src/store/item.c \
	src/store/packed.h src/store/packed.c \
	include/gazetted/polls.h src/store/polls.h src/store/polls.c \
	src/store/restore.c src/store/salvage.c \
	src/store/search.h src/store/search.c \
	src/store/stories.h src/store/stories.c \
	src/store/sums.c src/store/corrections.c \
	src/store/query.h src/store/query.c \
	src/store/fill.c \
	src/store/upkeep.c
unit_tests += \
	tests/unit/test_store_identity tests/unit/test_store_feeds \
	tests/unit/test_store_items tests/unit/test_store_stories \
	tests/unit/test_store_query tests/unit/test_store_open \
	tests/unit/test_store_upkeep tests/unit/test_store_crash \
	tests/unit/test_store_restore tests/unit/test_store_lists \
	tests/unit/test_store_leases tests/unit/test_store_polls
EXTRA_DIST += tests/unit/store_help.h tests/fixtures/store/v1.sql tests/fixtures/store/v2.sql \
	tests/fixtures/store/v3.sql tests/fixtures/store/v4.sql tests/fixtures/store/v5.sql \
	tests/fixtures/store/v6.sql tests/fixtures/store/v7.sql tests/fixtures/store/v8.sql \
	tests/fixtures/store/v9.sql
# Not built by default: make tests/bench/bench_store
EXTRA_PROGRAMS += tests/bench/bench_store

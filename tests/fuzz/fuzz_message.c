/*
 * What a worker that went over to the other side might send, as the daemon
 * takes it in: the frame, the batch, the features in it, the store. And the
 * request, as a worker takes it in. Any bytes are survived; what is let through
 * keeps the promises of batch.h.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gazetted/batch.h"
#include "gazetted/extra.h"
#include "gazetted/limits.h"
#include "gazetted/store.h"
#include "gazetted/story.h"

#include "daemon/message.h"
#include "fuzz.h"
#include "story/lexicon.h"

#define NOW 1757000000

static struct gaz_store *store;
static int64_t feed;

static char dir[] = "/tmp/gaz_fuzz_XXXXXX";

static void
remove_store(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };
	char path[64];

	gaz_store_close(store);
	store = NULL;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s/db%s", dir, ends[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

/* One store for all inputs; what each puts there is undone. */
static void
open_store(void)
{
	struct gaz_store_subscription sub = { .name = GAZ_STR("a"),
		.url = GAZ_STR("https://a.example/feed"), .enabled = true };
	char path[64];
	struct gaz_err err;

	FUZZ_CHECK(mkdtemp(dir) != NULL, "no folder");
	atexit(remove_store);
	snprintf(path, sizeof(path), "%s/db", dir);
	store = gaz_store_open(path, GAZ_STORE_WRITE, &err);
	FUZZ_CHECK(store != NULL, "%s", err.msg);
	FUZZ_CHECK(gaz_store_sync_feeds(store, &sub, 1, NOW, &feed, &err),
	    "%s", err.msg);
}

static void
check_text(struct gaz_str s)
{
	FUZZ_CHECK(gaz_utf8_is_valid(s), "not UTF-8");
	FUZZ_CHECK(s.p == NULL || memchr(s.p, '\0', s.len) == NULL, "NUL");
}

static void
check_texts(const gaz_str_list *l, size_t max)
{
	FUZZ_CHECK(l->n <= max, "too many");
	for (size_t i = 0; i < l->n; i++)
		check_text(l->v[i]);
}

/* What is taken out of it and packed is taken out as the same. */
static void
check_extra(struct gaz_str packed)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf once, twice;
	struct gaz_extra e;

	check_text(packed);
	FUZZ_CHECK(packed.len <= GAZ_EXTRA_MAX, "too much beside");
	gaz_buf_init(&once, GAZ_BUF_NO_MAX);
	gaz_buf_init(&twice, GAZ_BUF_NO_MAX);
	gaz_extra_unpack(packed, &a, &e);
	FUZZ_CHECK(e.persons.n <= GAZ_ITEM_PERSONS_MAX, "persons");
	FUZZ_CHECK(e.chapters.n <= GAZ_ITEM_CHAPTERS_MAX, "chapters");
	gaz_extra_pack(&e, &once);
	FUZZ_CHECK(once.len <= GAZ_EXTRA_MAX, "packed too much");
	gaz_extra_unpack(gaz_buf_str(&once), &a, &e);
	gaz_extra_pack(&e, &twice);
	FUZZ_CHECK(gaz_str_eq(gaz_buf_str(&once), gaz_buf_str(&twice)),
	    "lost in packing");
	gaz_buf_clear(&once);
	gaz_buf_clear(&twice);
	gaz_arena_clear(&a);
}

static void
check_item(const struct gaz_batch_item *it)
{
	const struct gaz_str *texts[] = { &it->guid, &it->url,
		&it->url_given, &it->title, &it->author, &it->summary,
		&it->content, &it->text, &it->language, &it->thumbnail,
		&it->comments };

	FUZZ_CHECK(it->title.p != NULL, "no title");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(*texts[i]);
	check_texts(&it->categories, GAZ_ITEM_CATEGORIES_MAX);
	FUZZ_CHECK(it->enclosures.n <= GAZ_ITEM_ENCLOSURES_MAX, "too many");
	for (size_t i = 0; i < it->enclosures.n; i++)
		check_text(it->enclosures.v[i].url);
	FUZZ_CHECK(it->features.len <= GAZ_FEATURES_MAX, "features");
	check_extra(it->extra);
}

/* The flat form of what was read is read as the same. */
static void
check_again(const struct gaz_batch *b, struct gaz_arena *a)
{
	struct gaz_buf once, twice;
	struct gaz_batch c;
	struct gaz_err err;

	gaz_buf_init(&once, GAZ_MESSAGE_MAX);
	gaz_buf_init(&twice, GAZ_MESSAGE_MAX);
	FUZZ_CHECK(gaz_batch_encode(b, &once, &err), "%s", err.msg);
	FUZZ_CHECK(gaz_batch_decode(gaz_buf_str(&once), a, &c, &err), "%s",
	    err.msg);
	FUZZ_CHECK(gaz_batch_encode(&c, &twice, &err), "%s", err.msg);
	FUZZ_CHECK(gaz_str_eq(gaz_buf_str(&once), gaz_buf_str(&twice)),
	    "lost on the way");
	gaz_buf_clear(&once);
	gaz_buf_clear(&twice);
}

/* Features of this build, that an input may outlive a change of the lexicon. */
static struct gaz_str
date_features(struct gaz_arena *a, struct gaz_str s)
{
	char *p = gaz_arena_alloc(a, s.len + 1);

	memcpy(p, s.p != NULL ? s.p : "", s.len);
	if (s.len >= 8)
		memcpy(p + 4, &gaz_lexicon_version, 4);
	return gaz_str_make(p, s.len);
}

static void
check_stories(const struct gaz_batch *b, struct gaz_arena *a)
{
	struct gaz_story_options opt = { .window_s = GAZ_STORY_WINDOW_S,
		.next_story_id = 1 };
	struct gaz_story_index *ix = gaz_story_index_new(&opt);
	struct gaz_story_repair repair = { 0 };
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	/* Twice, for there to be something to meet. */
	for (size_t i = 0; i < 2 * b->items.n; i++) {
		const struct gaz_batch_item *it = &b->items.v[i / 2];
		struct gaz_story_decision d = { 0 };
		struct gaz_story_item item = {
			.item_id = (int64_t)i + 1, .source_id = (int64_t)i,
			.published = it->published, .arrived = NOW,
			.features = date_features(a, it->features),
		};

		gaz_story_index_add(ix, &item, NOW, a, &d);
		gaz_buf_reset(&out);
		gaz_story_write_evidence(&d, &out);
		FUZZ_CHECK(gaz_utf8_is_valid(gaz_buf_str(&out)), "evidence");
	}
	gaz_story_index_repair(ix, NOW, a, &repair);
	gaz_buf_clear(&out);
	gaz_story_index_free(ix);
}

static void
check_store(const struct gaz_batch *b)
{
	struct gaz_put_result res = { 0 };
	struct gaz_err err;

	if (store == NULL)
		open_store();
	FUZZ_CHECK(gaz_store_begin(store, &err), "%s", err.msg);
	FUZZ_CHECK(gaz_store_put_batch(store, feed, b, NOW, &res, &err), "%s",
	    err.msg);
	FUZZ_CHECK(res.items.n <= b->items.n, "more than there were");
	gaz_store_rollback(store);
	gaz_vec_clear(&res.items);
}

static void
take_batch(struct gaz_str payload)
{
	struct gaz_arena a = { 0 };
	struct gaz_batch b;
	struct gaz_err err = { 0 };

	if (!gaz_batch_decode(payload, &a, &b, &err)) {
		FUZZ_CHECK(err.msg[0] != '\0' && b.items.n == 0, "no reason");
		gaz_arena_clear(&a);
		return;
	}
	FUZZ_CHECK((unsigned)b.fault < GAZ_FAULT_COUNT, "fault");
	check_text(b.fault_text);
	check_text(b.title);
	check_texts(&b.hubs, GAZ_ITEM_LINKS_MAX);
	FUZZ_CHECK(b.feeds_found.n <= GAZ_ITEM_LINKS_MAX, "links");
	for (size_t i = 0; i < b.feeds_found.n; i++)
		check_text(b.feeds_found.v[i].href);
	check_texts(&b.warnings, GAZ_DOCUMENT_ERRORS_MAX);
	FUZZ_CHECK(b.items.n <= GAZ_DOCUMENT_ITEMS_MAX, "items");
	for (size_t i = 0; i < b.items.n; i++)
		check_item(&b.items.v[i]);
	check_again(&b, &a);
	check_stories(&b, &a);
	if (b.fault == GAZ_FAULT_NONE)
		check_store(&b);
	gaz_arena_clear(&a);
}

/* As the pool reads: a head, that many bytes, the next head, and all parts of a
 * reply as one. */
static void
take_stream(struct gaz_str s)
{
	struct gaz_message_header h;
	struct gaz_buf reply;

	gaz_buf_init(&reply, GAZ_MESSAGE_MAX);
	while (s.len >= sizeof(h)) {
		memcpy(&h, s.p, sizeof(h));
		if (!gaz_message_header_ok(&h))
			break;
		s = gaz_str_sub(s, sizeof(h), s.len);
		if (h.flags & GAZ_MESSAGE_ANEW)
			gaz_buf_reset(&reply);
		if (h.len > s.len ||
		    !gaz_buf_add(&reply, s.p, h.len, NULL))
			break;
		s = gaz_str_sub(s, h.len, s.len);
		if (h.kind == GAZ_MESSAGE_PART)
			continue;
		take_batch(gaz_buf_str(&reply));
		gaz_buf_reset(&reply);
	}
	gaz_buf_clear(&reply);
}

static void
take_features(struct gaz_str s)
{
	struct gaz_arena a = { 0 };
	struct gaz_batch b = { 0 };
	struct gaz_batch_item *it = gaz_list_push(&a, &b.items);

	it->title = GAZ_STR("");
	it->features = s;
	it->published = NOW;
	check_stories(&b, &a);
	gaz_arena_clear(&a);
}

static void
take_job(struct gaz_str s)
{
	struct gaz_parse_job job, back;
	struct gaz_buf out;
	struct gaz_err err;
	size_t head = sizeof(struct gaz_message_header);

	if (!gaz_message_get_job(s, GAZ_MESSAGE_FEED, &job))
		return;
	gaz_buf_init(&out, GAZ_MESSAGE_MAX);
	FUZZ_CHECK(gaz_message_put_job(&job, &out, &err), "%s", err.msg);
	FUZZ_CHECK(gaz_message_get_job(gaz_str_sub(gaz_buf_str(&out), head,
	    out.len), GAZ_MESSAGE_FEED, &back), "not read again");
	FUZZ_CHECK(gaz_str_eq(gaz_str_sub(gaz_buf_str(&out), head, out.len),
	    s), "another request");
	gaz_buf_clear(&out);
}

/* The first byte chooses. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const take[])(struct gaz_str) = { take_batch,
		take_stream, take_features, take_job };

	if (size == 0)
		return 0;
	take[data[0] & 3](gaz_str_make((const void *)(data + 1), size - 1));
	return 0;
}

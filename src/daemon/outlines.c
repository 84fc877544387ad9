/* An OPML document to a list of subscriptions, by way of a worker. */
#include "config.h"

#include "outlines.h"

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

/* A name that no other feed has: the title, else the address. */
static struct gaz_str
name_for(struct gaz_outlines *o, struct gaz_str title, struct gaz_str url)
{
	static char taken;

	if (title.len > 0 && gaz_map_find(o->names, title) == NULL) {
		gaz_map_put(o->names, title, &taken);
		return title;
	}
	return url;
}

static void
add_outline(struct gaz_outlines *o, const struct gaz_batch_item *it)
{
	struct gaz_store_subscription *s;
	gaz_str_list tags = { 0 };

	if (!gaz_url_is_http(it->url_given) ||
	    it->url_given.len > GAZ_URL_MAX) {
		o->skipped++;
		return;
	}
	for (size_t t = 0; t < it->categories.n; t++)
		*gaz_list_push(&o->arena, &tags) = gaz_arena_str(&o->arena,
		    it->categories.v[t]);
	s = gaz_vec_push(&o->subs);
	*s = (struct gaz_store_subscription){
		.url = gaz_arena_str(&o->arena, it->url_given),
		.title = gaz_arena_str(&o->arena, it->title),
		.language = gaz_arena_str(&o->arena, it->language),
		.tags = tags, .enabled = true,
	};
	s->name = name_for(o, s->title, s->url);
}

static void
take_rest(struct gaz_outlines *o, const struct gaz_batch *b)
{
	o->well_formed = (b->flags & GAZ_BATCH_WELL_FORMED) != 0;
	if (b->fault != GAZ_FAULT_NONE)
		gaz_err_set(&o->err, GAZ_ERR_FORMAT, "%.*s",
		    GAZ_STR_ARG(b->fault_text));
	for (size_t i = 0; i < b->warnings.n; i++) {
		char text[200];

		gaz_log_safe(b->warnings.v[i], text, sizeof(text));
		gaz_log(GAZ_LOG_WARN, "opml", "skipped=\"%s\"", text);
		o->skipped++;
	}
}

static void
on_outlines(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct gaz_outlines *o = arg;
	struct gaz_arena a = { 0 };
	enum gaz_batch_record record = GAZ_BATCH_ITEM;
	size_t pos = 0;

	(void)fault;
	if (message == NULL)
		gaz_err_set(&o->err, GAZ_ERR_FORMAT, "OPML: %s", text);
	/* One after the other: a list of all would be large. */
	while (message != NULL && record == GAZ_BATCH_ITEM) {
		struct gaz_batch_item it;
		struct gaz_batch b;
		uint32_t replaces;

		record = gaz_batch_next(gaz_buf_str(message), &pos, &a, &it,
		    &replaces, &b, &o->err);
		if (record == GAZ_BATCH_ITEM)
			add_outline(o, &it);
		else if (record == GAZ_BATCH_REST)
			take_rest(o, &b);
		gaz_arena_reset(&a);
	}
	gaz_arena_clear(&a);
	o->done(o);
}

struct gaz_outlines *
gaz_outlines_new(struct gaz_app *app, void (*done)(struct gaz_outlines *),
    void *arg)
{
	struct gaz_outlines *o = gaz_mem_zero(1, sizeof(*o));

	o->app = app;
	o->done = done;
	o->arg = arg;
	o->names = gaz_map_new();
	gaz_buf_init(&o->body, GAZ_HTTP_IMPORT_MAX);
	return o;
}

void
gaz_outlines_free(struct gaz_outlines *o)
{
	gaz_buf_clear(&o->body);
	gaz_arena_clear(&o->arena);
	gaz_vec_clear(&o->subs);
	gaz_map_free(o->names);
	free(o);
}

void
gaz_outlines_parse(struct gaz_outlines *o, struct gaz_str body)
{
	struct gaz_parse_job job = { .kind = GAZ_MESSAGE_OPML, .body = body };

	gaz_pool_submit(o->app->pool, &job, on_outlines, o);
}

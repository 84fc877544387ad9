/*
 * One item: one safe HTML text, one plain one, canonical address, plain names.
 */
#include "config.h"

#include "parse/digest_item.h"

#include "gazetted/extra.h"
#include "gazetted/hash.h"
#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#include "parse/finish.h"

#define EXCERPT_MAX 400      /* characters of a summary */
#define DERIVED_TITLE_MAX 90 /* characters of a title made from text */

bool
gaz_digest_is_empty(const struct gaz_item *it)
{
	return it->id.len == 0 && it->link.len == 0 && it->title.len == 0 &&
	    it->summary.value.len == 0 && it->content.n == 0 &&
	    it->enclosures.n == 0;
}

/* The best text to read: the first content that is text, else the summary. */
static const struct gaz_text *
body_of(const struct gaz_item *it)
{
	for (size_t i = 0; i < it->content.n; i++) {
		const struct gaz_text *t = &it->content.v[i];

		if (t->value.len > 0 && (gaz_digest_is_html(t->type) ||
		    gaz_digest_is_plain(t->type)))
			return t;
	}
	return it->summary.value.len > 0 ? &it->summary : NULL;
}

void
gaz_digest_choose(gaz_text_list *content)
{
	bool chosen = false;

	/* Their number tells that there was something. */
	for (size_t i = 0; i < content->n; i++) {
		struct gaz_text *t = &content->v[i];

		if (chosen || (!gaz_digest_is_html(t->type) &&
		    !gaz_digest_is_plain(t->type)))
			t->value = t->plain = GAZ_STR("");
		chosen = chosen || t->value.len > 0;
	}
}

static void
put_bodies(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	const struct gaz_text *body = body_of(it);
	struct gaz_str shown = it->thumbnail, *first = NULL;

	if (body == NULL)
		return;
	gaz_buf_reset(&d->html);
	if (body->decorated) {
		out->content = body->value;
	} else if (gaz_digest_is_html(body->type)) {
		struct gaz_html_options opt = {
			.base = body->base, .decorate = true,
		};
		unsigned flags;

		if (shown.p == NULL)
			first = &shown;
		flags = gaz_html_clean(body->value, &opt, &d->one, &d->html,
		    first);
		if (flags & GAZ_HTML_CUT)
			out->flags |= GAZ_ITEM_CUT;
	} else {
		if (!gaz_digest_plain_html(body->value, &d->html))
			out->flags |= GAZ_ITEM_CUT;
	}
	out->thumbnail = gaz_digest_address(shown);
	if (!body->decorated)
		out->content = gaz_buf_str(&d->html);
	out->text = gaz_str_trim(gaz_digest_text(body, true, &d->text));

	/* Some summaries are only "read more"; the text says it better. */
	struct gaz_str excerpt = GAZ_STR_NONE;
	if (it->summary.value.len > 0)
		excerpt = gaz_text_excerpt(&d->one,
		    gaz_digest_text(&it->summary, false,
		    &d->scratch), EXCERPT_MAX);
	if (excerpt.len == 0)
		excerpt = gaz_text_excerpt(&d->one, out->text, EXCERPT_MAX);
	out->summary = excerpt.len > 0 ? excerpt : GAZ_STR_NONE;
}

static void
put_title(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	out->title = gaz_digest_line(&d->one, it->title, GAZ_TITLE_MAX);
	if (out->title.p != NULL)
		return;
	out->flags |= GAZ_ITEM_TITLE_DERIVED;
	if (out->text.len > 0)
		out->title = gaz_text_excerpt(&d->one, out->text,
		    DERIVED_TITLE_MAX);
	if (out->title.len == 0 && it->enclosures.n > 0)
		out->title = gaz_digest_line(&d->one, it->enclosures.v[0].title,
		    GAZ_TITLE_MAX);
	if (out->title.len == 0)
		out->title = out->url.len > 0 ? out->url :
		    gaz_digest_line(&d->one, it->id, GAZ_TITLE_MAX);
	if (out->title.p == NULL)
		out->title = GAZ_STR("");
}

static void
put_author(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_buf names;

	gaz_buf_init(&names, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < it->authors.n && i < GAZ_ITEM_PERSONS_MAX; i++) {
		const struct gaz_person *p = &it->authors.v[i];
		struct gaz_str name = gaz_digest_name(&d->one,
		    p->name.len > 0 ? p->name : p->email, DIGEST_NAME_MAX);

		if (name.len == 0)
			continue;
		if (names.len > 0)
			gaz_buf_put_z(&names, ", ");
		gaz_buf_put_str(&names, name);
	}
	if (names.len > 0)
		out->author = gaz_arena_str(&d->one,
		    gaz_buf_str(&names));
	gaz_buf_clear(&names);
}

static void
put_lists(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	for (size_t i = 0; i < it->categories.n &&
	    out->categories.n < GAZ_ITEM_CATEGORIES_MAX; i++) {
		const struct gaz_category *c = &it->categories.v[i];
		struct gaz_str name = gaz_digest_name(&d->one,
		    c->label.len > 0 ? c->label : c->term, DIGEST_NAME_MAX);

		if (name.len > 0)
			*gaz_list_push(&d->one, &out->categories) = name;
	}
	for (size_t i = 0; i < it->enclosures.n &&
	    out->enclosures.n < GAZ_ITEM_ENCLOSURES_MAX; i++) {
		const struct gaz_enclosure *e = &it->enclosures.v[i];
		struct gaz_str url = gaz_digest_address(e->url);
		struct gaz_enclosure *o;

		if (url.p == NULL)
			continue;
		o = gaz_list_push(&d->one, &out->enclosures);
		*o = *e;
		o->url = url;
		o->title = gaz_digest_name(&d->one, e->title, GAZ_TITLE_MAX);
	}
}

static void
put_chapters(struct gaz_digest *d, const gaz_chapter_list *from,
    gaz_chapter_list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct gaz_chapter c = from->v[i];

		c.title = gaz_digest_name(&d->one, c.title, GAZ_TITLE_MAX);
		c.href = gaz_digest_address(c.href);
		c.image = gaz_digest_address(c.image);
		*gaz_list_push(&d->one, to) = c;
	}
}

static void
put_persons(struct gaz_arena *a, const gaz_role_list *from, gaz_role_list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct gaz_role *r = &from->v[i];

		*gaz_list_push(a, to) = (struct gaz_role){
			.name = gaz_digest_name(a, r->name, DIGEST_NAME_MAX),
			.role = gaz_digest_name(a, r->role, DIGEST_NAME_MAX),
			.group = gaz_digest_name(a, r->group, DIGEST_NAME_MAX),
			.href = gaz_digest_address(r->href),
			.image = gaz_digest_address(r->image) };
	}
}

struct gaz_str
gaz_digest_persons(struct gaz_arena *a, const gaz_role_list *roles,
    struct gaz_buf *scratch)
{
	gaz_role_list clean = { 0 };
	struct gaz_extra e = { 0 };
	size_t room = GAZ_FEED_PERSONS_MAX;

	put_persons(a, roles, &clean);
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.v[i].name.len > 0 &&
		    gaz_role_fits(&clean.v[i], &room))
			*gaz_list_push(a, &e.persons) = clean.v[i];
	}
	gaz_buf_reset(scratch);
	gaz_extra_pack(&e, scratch);
	return gaz_arena_str(a, gaz_buf_str(scratch));
}

/* What few items have; addresses are those of the web, names plain. */
static void
put_extra(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_extra e = {
		.chapters_url = gaz_digest_address(it->chapters_url),
		.places = it->places,
	};

	if (it->roles.n + it->transcripts.n + it->chapters.n +
	    it->soundbites.n + it->places.n == 0 && e.chapters_url.p == NULL)
		return;
	for (size_t i = 0; i < it->transcripts.n; i++) {
		struct gaz_link t = it->transcripts.v[i];

		t.href = gaz_digest_address(t.href);
		if (t.href.p == NULL)
			continue;
		t.type = gaz_digest_line(&d->one, t.type, DIGEST_NAME_MAX);
		t.hreflang = gaz_digest_language(&d->one, t.hreflang);
		t.rel = gaz_digest_line(&d->one, t.rel, DIGEST_NAME_MAX);
		*gaz_list_push(&d->one, &e.transcripts) = t;
	}
	put_persons(&d->one, &it->roles, &e.persons);
	put_chapters(d, &it->chapters, &e.chapters);
	put_chapters(d, &it->soundbites, &e.soundbites);
	gaz_buf_reset(&d->scratch);
	gaz_extra_pack(&e, &d->scratch);
	if (d->scratch.len > 0)
		out->extra = gaz_arena_str(&d->one, gaz_buf_str(&d->scratch));
}

/* Of what a reader would see. */
static uint64_t
hash_item(const struct gaz_batch_item *it)
{
	const struct gaz_str parts[] = { it->title, it->content, it->url,
		it->extra };

	return gaz_hash_texts(parts, GAZ_COUNT(parts) - (it->extra.len == 0));
}

/* A counting link is another one in each feed; where it leads is the same. */
static void
put_url(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_str url = gaz_digest_address(it->original);

	if (url.p == NULL)
		url = out->url_given;
	if (url.p != NULL)
		out->url = gaz_url_canonical(&d->one, url);
}

void
gaz_digest_put_item(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_str id = it->id;

	*out = (struct gaz_batch_item){ 0 };
	/* An id of megabytes is one all the same. */
	if (id.len > GAZ_URL_MAX) {
		char hex[33];

		gaz_hash128_hex(id.p, id.len, hex);
		id = gaz_arena_fmt(&d->one, "xxh128:%s", hex);
	}
	out->guid = id.len > 0 ? id : GAZ_STR_NONE;
	out->url_given = gaz_digest_address(it->link);
	put_url(d, it, out);
	put_bodies(d, it, out);
	if (out->thumbnail.p == NULL)
		out->thumbnail = gaz_digest_address(it->thumbnail);
	put_title(d, it, out);
	put_author(d, it, out);
	put_lists(d, it, out);
	put_extra(d, it, out);
	if (d->opt->language.len == 0)
		out->language = gaz_digest_language(&d->one, it->language);
	out->comments = gaz_digest_address(it->comments);
	out->published = it->published;
	out->updated = it->updated;
	if (out->published == GAZ_UTC_UNKNOWN)
		out->published = it->updated;
	if (out->published == GAZ_UTC_UNKNOWN)
		out->flags |= GAZ_ITEM_DATE_UNKNOWN;
	if (out->guid.p == NULL)
		out->flags |= GAZ_ITEM_ID_DERIVED;
	if (it->explicit_ == GAZ_TRI_YES)
		out->flags |= GAZ_ITEM_EXPLICIT;
	if (it->notes & GAZ_NOTE_CUT)
		out->flags |= GAZ_ITEM_CUT;
	out->content_hash = hash_item(out);
}

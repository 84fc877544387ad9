/*
 * The stack of open elements. An element whose row says that it holds text
 * captures all that follows up to its end: child elements become tags in that
 * text or are passed over. Everything else is looked up by namespace, name and
 * the scope it stands in; what is not found is passed over with its children,
 * so that an element inside a picture or an unknown extension never leaks.
 */
#include "config.h"

#include "parse/builder.h"

#include <assert.h>

#include "gazetted/html.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "parse/finish.h"

/* A buffer that became larger is given back after use. */
#define KEPT_MAX (1u << 20)
/* Bytes of a URI that is remembered; none that means something is longer. */
#define KNOWN_URI_MAX 1024

/* ----- lookup ----- */

static const struct gaz_element *
find_in(const struct gaz_element_table *t, struct gaz_str local,
    unsigned scope)
{
	char first = local.len > 0 ? gaz_to_lower(local.p[0]) : '\0';

	for (size_t i = 0; t != NULL && i < t->n; i++) {
		const struct gaz_element *row = &t->rows[i];

		if ((row->scopes & scope) != 0 &&
		    gaz_to_lower(row->name[0]) == first &&
		    gaz_str_ieq_z(local, row->name))
			return row;
	}
	return NULL;
}

static const struct gaz_element *
look_up_element(const struct gaz_builder *b, const struct gaz_namespace *ns,
    struct gaz_str local, unsigned scope)
{
	const struct gaz_element *row;
	bool atom_first = ns == NS_ATOM || b->format == FORMAT_ATOM;

	if (b->format == FORMAT_CDF && ns == NS_CORE)
		return find_in(&gaz_elements_cdf, local, scope);
	if (ns != NS_CORE && ns != NS_ATOM)
		return ns == NS_UNKNOWN ? NULL :
		    find_in(&ns->elements, local, scope);
	row = find_in(atom_first ? &gaz_elements_atom : &gaz_elements_rss,
	    local, scope);
	if (row == NULL)
		row = find_in(atom_first ? &gaz_elements_rss :
		    &gaz_elements_atom, local, scope);
	return row;
}

/* The same, remembering. */
static const struct gaz_element *
find_element(struct gaz_builder *b, const struct gaz_namespace *ns,
    struct gaz_str local, unsigned scope)
{
	struct gaz_found_element *f;

	if (local.len == 0 || local.len > sizeof(f->name))
		return look_up_element(b, ns, local, scope);
	f = &b->found[(local.len * 7 + (unsigned char)local.p[0] +
	    (unsigned char)local.p[local.len - 1] * 5u) % GAZ_BUILDER_FOUND];
	if (f->len != local.len || f->ns != ns || f->scope != scope ||
	    memcmp(f->name, local.p, local.len) != 0) {
		f->row = look_up_element(b, ns, local, scope);
		f->ns = ns;
		f->scope = scope;
		f->len = (uint8_t)local.len;
		memcpy(f->name, local.p, local.len);
	}
	return f->row;
}

/* gaz_ns_find, remembering: a document names few, again and again. */
static const struct gaz_namespace *
find_ns(struct gaz_builder *b, struct gaz_str uri, struct gaz_str prefix)
{
	const struct gaz_namespace *ns;

	for (size_t i = 0; i < b->n_known; i++) {
		if (gaz_str_eq(b->known[i].uri, uri) &&
		    gaz_str_eq(b->known[i].prefix, prefix))
			return b->known[i].ns;
	}
	ns = gaz_ns_find(uri, prefix);
	if (b->n_known < GAZ_COUNT(b->known) && uri.len < KNOWN_URI_MAX) {
		b->known[b->n_known].uri = gaz_arena_str(b->keep, uri);
		b->known[b->n_known].prefix = gaz_arena_str(b->keep, prefix);
		b->known[b->n_known++].ns = ns;
	}
	return ns;
}

/* Unknown default namespaces are the format's own: that of the root counts. */
static const struct gaz_namespace *
ns_of(struct gaz_builder *b, const struct gaz_xml_name *name)
{
	const struct gaz_namespace *ns = find_ns(b, name->uri, name->prefix);

	if (ns == NS_UNKNOWN && name->prefix.len == 0 &&
	    (name->uri.len == 0 || gaz_str_eq(name->uri, b->root_uri)))
		return b->format == FORMAT_ATOM ? NS_ATOM : NS_CORE;
	/* <rss xmlns="http://www.w3.org/2005/Atom">, or that of XHTML */
	if (name->uri.len > 0 && name->prefix.len == 0 &&
	    b->format != FORMAT_ATOM && b->format != FORMAT_NONE &&
	    gaz_str_eq(name->uri, b->root_uri) && ns != NS_RDF)
		return NS_CORE;
	return ns;
}

/* ----- frames ----- */

static struct gaz_frame *
top(struct gaz_builder *b)
{
	assert(b->depth > 0);
	return &b->frames[b->depth - 1];
}

struct gaz_str
gaz_frame_attr(const struct gaz_frame *f, const char *name)
{
	struct gaz_str found = GAZ_STR_NONE;

	for (size_t i = 0; i < f->attrs_n; i++) {
		if (!gaz_str_ieq_z(f->attrs[i].name.local, name))
			continue;
		/* One without prefix comes first. */
		if (f->attrs[i].name.prefix.len == 0)
			return gaz_str_trim(f->attrs[i].value);
		if (found.p == NULL)
			found = gaz_str_trim(f->attrs[i].value);
	}
	return found;
}

/* xml:lang on the element itself. */
static struct gaz_str
own_language(const struct gaz_frame *f)
{
	for (size_t i = 0; i < f->attrs_n; i++) {
		if (gaz_str_eq_z(f->attrs[i].name.prefix, "xml") &&
		    gaz_str_ieq_z(f->attrs[i].name.local, "lang"))
			return f->lang;
	}
	return GAZ_STR_NONE;
}

int64_t
gaz_frame_attr_int(const struct gaz_frame *f, const char *name)
{
	struct gaz_str s = gaz_frame_attr(f, name);
	int64_t n;

	return gaz_str_to_int(s, &n) && n >= 0 ? n : GAZ_INT_UNKNOWN;
}

struct gaz_str
gaz_frame_attr_url(struct gaz_builder *b, const struct gaz_frame *f,
    const char *name)
{
	struct gaz_str s = gaz_frame_attr(f, name);

	return s.p != NULL ? gaz_url_resolve(b->a, f->base, s, false) : s;
}

struct gaz_target *
gaz_builder_target(struct gaz_builder *b)
{
	if (b->in_source)
		return &b->source;
	return b->in_item ? &b->item : &b->feed;
}

bool
gaz_builder_is_atom(const struct gaz_builder *b)
{
	return b->format == FORMAT_ATOM;
}

bool
gaz_builder_wins(struct gaz_builder *b, const struct gaz_frame *f)
{
	unsigned *rank = &gaz_builder_target(b)->rank[f->row->field];
	unsigned mine = f->row->rank + 1;

	/* The vocabulary of the format itself comes first. */
	if (f->ns != (b->format == FORMAT_ATOM ? NS_ATOM : NS_CORE) &&
	    (f->ns == NS_ATOM || f->ns == NS_CORE))
		mine++;
	if (*rank != 0 && *rank <= mine)
		return false;
	*rank = mine;
	return true;
}

/* xml:base and xml:lang. */
static void
inherit(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_xml_attr *attrs, size_t n)
{
	f->base = b->depth > 0 ? top(b)->base : b->opt->url;
	f->lang = b->depth > 0 ? top(b)->lang : GAZ_STR_NONE;
	for (size_t i = 0; i < n; i++) {
		if (!gaz_str_eq_z(attrs[i].name.prefix, "xml"))
			continue;
		if (gaz_str_ieq_z(attrs[i].name.local, "lang")) {
			f->lang = gaz_text_language(b->a, attrs[i].value);
		} else if (gaz_str_ieq_z(attrs[i].name.local, "base")) {
			struct gaz_str base = gaz_url_resolve(b->a, f->base,
			    attrs[i].value, false);

			if (base.len > 0)
				f->base = base;
		}
	}
}

/* Of what is no text but a name, an address or the like. */
static struct gaz_str
cut_value(struct gaz_builder *b, struct gaz_str s)
{
	if (s.len > GAZ_VALUE_MAX)
		*(b->in_item ? &b->draft.notes : &b->doc->notes) |=
		    GAZ_NOTE_CUT;
	return gaz_str_cut(s, GAZ_VALUE_MAX);
}

static void
copy_attrs(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_xml_attr *attrs, size_t n)
{
	f->attrs_n = n;
	if (n == 0)
		return;
	f->attrs = gaz_arena_alloc(b->a, n * sizeof(f->attrs[0]));
	for (size_t i = 0; i < n; i++) {
		f->attrs[i].name.local = gaz_arena_str(b->a,
		    attrs[i].name.local);
		f->attrs[i].name.prefix = gaz_arena_str(b->a,
		    attrs[i].name.prefix);
		f->attrs[i].value = gaz_arena_str(b->a,
		    cut_value(b, attrs[i].value));
	}
}

/* ----- known elements ----- */

static void
drop_text(struct gaz_builder *b)
{
	gaz_buf_reset(&b->text);
	if (b->text.cap > KEPT_MAX)
		gaz_buf_clear(&b->text);
}

static void
end_known(struct gaz_builder *b, struct gaz_frame *f)
{
	unsigned *notes = b->in_item ? &b->draft.notes : &b->doc->notes;

	b->value = GAZ_STR_NONE;
	b->rich = (struct gaz_text){ .value = GAZ_STR_NONE };
	if (f->row->on_end != NULL) {
		if (f->row->shape == SHAPE_MARKUP)
			gaz_capture_finish(b, f);
		else if (f->row->field == FIELD_ID)
			b->value = gaz_arena_str(b->a, gaz_text_mend(b->a,
			    gaz_str_cut(gaz_str_trim(gaz_buf_str(&b->text)),
				GAZ_FIELD_MAX), notes));
		else
			b->value = gaz_arena_str(b->a, gaz_text_mend(b->a,
			    cut_value(b, gaz_str_trim(gaz_buf_str(&b->text))),
			    notes));
		if (b->text.full)
			*notes |= GAZ_NOTE_CUT;
		if (b->value.len == 0)
			b->value = GAZ_STR_NONE;
	}
	if (b->capture == b->depth)
		b->capture = 0;
	drop_text(b);
	if (f->row->on_end != NULL)
		f->row->on_end(b, f);
}

/* ----- the sink ----- */

static enum gaz_fault
start_root(struct gaz_builder *b, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	static const char *const names[] = { [FORMAT_NONE] = "",
		[FORMAT_RSS] = "rss", [FORMAT_RDF] = "rdf",
		[FORMAT_ATOM] = "atom", [FORMAT_CDF] = "cdf" };
	struct gaz_frame *f = &b->frames[0];

	b->format = gaz_sniff_root(name, attrs, n, &b->doc->version,
	    &b->refusal);
	if (b->format == FORMAT_NONE)
		return GAZ_FAULT_NOT_A_FEED;
	b->doc->format = gaz_str_of(names[b->format]);
	b->root_uri = gaz_arena_str(b->a, name->uri);
	*f = (struct gaz_frame){ .scope = IN_FEED | IN_WRAPPER };
	inherit(b, f, attrs, n);
	f->ns = ns_of(b, name);
	f->local = gaz_arena_str(b->a, name->local);
	copy_attrs(b, f, attrs, n);
	b->depth = 1;
	b->doc->feed.language = f->lang;
	if (b->format == FORMAT_ATOM && gaz_str_ieq_z(name->local, "entry"))
		f->row = find_in(&gaz_elements_atom, GAZ_STR("entry"),
		    IN_FEED);
	else if (b->format == FORMAT_CDF || (b->format == FORMAT_RDF &&
	    gaz_str_ieq_z(name->local, "channel")))
		f->row = find_element(b, NS_CORE, GAZ_STR("channel"), IN_FEED);
	if (f->row != NULL) {
		f->scope = f->row->child_scope;
		if (f->row->on_start != NULL)
			f->row->on_start(b, f);
	}
	return GAZ_FAULT_NONE;
}

/* RSS 1.0 and 0.90 are told apart by the namespace of what is in them. */
static void
sniff_rdf_version(struct gaz_builder *b, const struct gaz_xml_name *name)
{
	struct gaz_str uri = name->uri;

	if (b->format != FORMAT_RDF || b->doc->version.p != NULL ||
	    uri.len == 0)
		return;
	if (gaz_str_ifind(uri, GAZ_STR("rdf/simple/0.9"), 0) != GAZ_STR_NPOS)
		b->doc->version = GAZ_STR("0.90");
	else if (gaz_str_ifind(uri, GAZ_STR("purl.org/rss/1.0"), 0) !=
	    GAZ_STR_NPOS && gaz_ns_find(uri, GAZ_STR_NONE) == NS_CORE)
		b->doc->version = GAZ_STR("1.0");
	else if (gaz_str_ifind(uri, GAZ_STR("rss1.1"), 0) != GAZ_STR_NPOS)
		b->doc->version = GAZ_STR("1.1");
}

static enum gaz_fault
on_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	struct gaz_builder *b = arg;
	struct gaz_frame *f;
	unsigned outer;

	if (b->depth == 0)
		return start_root(b, name, attrs, n);
	if (b->depth == GAZ_XML_DEPTH_MAX) {
		if (b->capture == 0)
			return GAZ_FAULT_TOO_DEEP;
		b->overflow++;
		return GAZ_FAULT_NONE;
	}
	/* <rdf:RDF xmlns="something unknown"><channel> */
	if (b->depth == 1 && name->prefix.len == 0 &&
	    b->format != FORMAT_ATOM &&
	    gaz_ns_find(name->uri, GAZ_STR_NONE) == NS_UNKNOWN &&
	    (gaz_str_ieq_z(name->local, "channel") ||
		gaz_str_ieq_z(name->local, "item")))
		b->root_uri = gaz_arena_str(b->a, name->uri);
	f = &b->frames[b->depth];
	memset(f, 0, sizeof(*f));
	inherit(b, f, attrs, n);
	f->ns = ns_of(b, name);
	f->local = gaz_arena_str(b->a, name->local);
	if (b->capture != 0) {
		b->depth++;
		gaz_capture_open(b, f, attrs, n);
		return GAZ_FAULT_NONE;
	}
	sniff_rdf_version(b, name);
	outer = top(b)->scope;
	f->row = find_element(b, f->ns, f->local, outer);
	gaz_buf_reset(&b->text);
	if (f->row != NULL) {
		copy_attrs(b, f, attrs, n);
		f->scope = f->row->child_scope;
	} else if (f->ns == NS_RDF) {
		f->scope = outer; /* rdf:Seq and the like are transparent */
	} else {
		f->scope = outer & IN_WRAPPER;
	}
	b->depth++;
	if (f->row == NULL)
		return GAZ_FAULT_NONE;
	if (f->row->shape != SHAPE_SCOPE)
		gaz_capture_start(b, f);
	if (f->row->on_start != NULL)
		f->row->on_start(b, f);
	return GAZ_FAULT_NONE;
}

/* As much of it as there is room for. */
static void
put_text(struct gaz_builder *b, struct gaz_str s)
{
	size_t room = b->text.max - b->text.len;

	gaz_buf_put_str(&b->text, gaz_str_cut(s, room));
	b->text.full = b->text.full || s.len > room;
}

static void
on_text(void *arg, struct gaz_str s)
{
	struct gaz_builder *b = arg;

	if (b->depth == 0)
		return;
	if (b->in_markup && b->capture != 0)
		gaz_buf_put_escaped_text(&b->text, s);
	else if (b->capture != 0 || top(b)->row != NULL)
		put_text(b, s);
}

static void
on_end(void *arg, bool implied)
{
	struct gaz_builder *b = arg;
	struct gaz_frame *f = top(b);

	(void)implied;
	if (b->overflow > 0) {
		b->overflow--;
		return;
	}
	if (b->capture != 0 && b->depth > b->capture)
		gaz_capture_close(b, f);
	else if (f->row != NULL)
		end_known(b, f);
	else
		gaz_buf_reset(&b->text);
	b->depth--;
	gaz_builder_compact(b);
}

/* Names that HTML has too: inside a text they may be part of it. */
static bool
is_html_name(struct gaz_str local)
{
	static const char *const names[] = { "title", "link", "source",
		"image", "summary", "body", "content", "name", "width",
		"height" };

	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(local, names[i]))
			return true;
	}
	return false;
}

/*
 * In a document with missing end tags: a known element begins where only text
 * can be, or an item inside an item.
 */
static bool
on_closes(void *arg, const struct gaz_xml_name *name)
{
	struct gaz_builder *b = arg;
	const struct gaz_namespace *ns;
	bool is_item;

	if (b->depth < 2)
		return false;
	ns = ns_of(b, name);
	is_item = (ns == NS_CORE || ns == NS_ATOM) &&
	    (gaz_str_ieq_z(name->local, "item") ||
		gaz_str_ieq_z(name->local, "entry"));
	if (b->in_item && is_item && !b->in_source)
		return true;
	if (b->capture < 2 || b->overflow > 0)
		return false;
	struct gaz_frame *owner = &b->frames[b->capture - 1];
	enum gaz_field field = owner->row->field;

	if (name->prefix.len == 0 && is_html_name(name->local) &&
	    (field == FIELD_SUMMARY || field == FIELD_CONTENT))
		return false;
	return find_element(b, ns, gaz_str_trim(name->local),
	    b->frames[b->capture - 2].scope) != NULL;
}

struct gaz_xml_sink
gaz_builder_sink(struct gaz_builder *b)
{
	return (struct gaz_xml_sink){ .arg = b, .start = on_start,
		.text = on_text, .end = on_end, .closes = on_closes };
}

/* ----- items, beginning and end ----- */

void
gaz_on_item_start(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str about = gaz_frame_attr(f, "about");

	assert(!b->in_item);
	if (b->digest != NULL)
		b->a = &b->for_item;
	gaz_item_init(&b->draft);
	b->item = (struct gaz_target){ .item = &b->draft };
	b->in_item = true;
	b->item_depth = b->depth;
	b->item_limit = 0;
	/* rdf:about identifies the item where there is no guid. */
	if (about.len > 0)
		b->draft.id = about;
	/* An own xml:lang counts; that of the feed is filled in later. */
	b->draft.language = own_language(f);
}

/* The address that a guid is, if it is one. */
static struct gaz_str
guid_link(struct gaz_builder *b)
{
	struct gaz_target *t = &b->item;
	struct gaz_str url;

	if (!t->guid_permalink)
		return GAZ_STR_NONE;
	if (gaz_url_is_http(b->draft.id))
		return gaz_url_resolve(b->a, t->guid_base, b->draft.id, false);
	if (!t->guid_said_so)
		return GAZ_STR_NONE;
	url = gaz_url_resolve(b->a, t->guid_base, b->draft.id, false);
	return gaz_url_is_http(url) ? url : GAZ_STR_NONE;
}

/* Hand the draft over. */
static void
put_item(struct gaz_builder *b)
{
	struct gaz_item_hints hints = {
		.own_link = b->item.own_link,
		.guid_link = guid_link(b),
		.image_in_content = b->item.image_in_text[0],
		.image_in_summary = b->item.image_in_text[1],
	};

	/* What the end of the document cut off is not known yet. */
	if (b->res->truncated)
		return;
	if (b->n_items >= GAZ_DOCUMENT_ITEMS_MAX) {
		b->doc->items_dropped = true;
		return;
	}
	b->n_items++;
	gaz_item_finish(b->a, &b->draft, &hints);
	gaz_document_note(b->doc, b->draft.notes);
	if (b->digest != NULL)
		gaz_digest_item(b->digest, b->doc, &b->draft);
	else
		*gaz_list_push(b->a, &b->doc->items) = b->draft;
}

void
gaz_on_item_end(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->in_item = b->in_source = false;
	put_item(b);
	if (b->digest == NULL)
		return;
	/* Nothing of the item may be used from here on. */
	b->a = b->keep;
	b->enclosure = NULL;
	memset(&b->person, 0, sizeof(b->person));
	memset(&b->image, 0, sizeof(b->image));
	gaz_arena_reset(&b->for_item);
}

/* ----- beginning and end of a document ----- */

void
gaz_builder_init(struct gaz_builder *b, struct gaz_arena *a,
    struct gaz_arena *keep, struct gaz_document *doc,
    const struct gaz_parse_options *opt, size_t text_max,
    struct gaz_digest *digest, struct gaz_xml_result *res)
{
	memset(b, 0, sizeof(*b));
	b->a = b->keep = keep;
	b->doc_arena = a;
	b->digest = digest;
	b->doc = doc;
	b->opt = opt;
	b->res = res;
	b->feed = (struct gaz_target){ .feed = &doc->feed,
		.period_s = GAZ_INT_UNKNOWN, .frequency = GAZ_INT_UNKNOWN };
	gaz_feed_info_init(&doc->feed);
	memset(&doc->items, 0, sizeof(doc->items));
	doc->notes = 0;
	memset(doc->noted, 0, sizeof(doc->noted));
	gaz_buf_init(&b->text, text_max);
	gaz_text_scratch_init(&b->scratch);
}

void
gaz_builder_clear(struct gaz_builder *b)
{
	gaz_buf_clear(&b->text);
	gaz_text_scratch_clear(&b->scratch);
	gaz_arena_clear(&b->for_item);
}

void
gaz_builder_finish(struct gaz_builder *b)
{
	struct gaz_feed_info *feed = &b->doc->feed;

	b->a = b->keep;
	if (b->feed.period_s != GAZ_INT_UNKNOWN ||
	    b->feed.frequency != GAZ_INT_UNKNOWN) {
		/* The module's own defaults: daily, once. */
		int64_t period = b->feed.period_s != GAZ_INT_UNKNOWN ?
		    b->feed.period_s : 86400;
		int64_t n = b->feed.frequency != GAZ_INT_UNKNOWN ?
		    b->feed.frequency : 1;

		feed->update_interval_s = period / n > 0 ? period / n : 1;
	}
	gaz_feed_info_finish(b->a, feed, b->feed.own_link);
	for (size_t i = 0; i < b->doc->items.n; i++) {
		if (b->doc->items.v[i].language.len == 0)
			b->doc->items.v[i].language = feed->language;
	}
}

/*
 * Text that may hold markup. It comes in two kinds: escaped, so that the text of
 * the element is HTML, or as child elements, which are written back as tags. A
 * text turns from one into the other at its first child element.
 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

#define NAME(z) { z, sizeof(z) - 1 }

static bool
is_one_of(struct gaz_str name, const struct gaz_str *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq(name, names[i]))
			return true;
	}
	return false;
}

static bool
is_void(struct gaz_str local)
{
	static const struct gaz_str names[] = { NAME("area"), NAME("base"),
		NAME("br"), NAME("col"), NAME("embed"), NAME("hr"),
		NAME("img"), NAME("input"), NAME("link"), NAME("meta"),
		NAME("param"), NAME("source"), NAME("track"), NAME("wbr") };

	return is_one_of(local, names, GAZ_COUNT(names));
}

static bool
is_reference(struct gaz_str name)
{
	static const struct gaz_str names[] = { NAME("href"), NAME("src"),
		NAME("cite"), NAME("poster"), NAME("action"),
		NAME("background"), NAME("longdesc"), NAME("data") };

	return is_one_of(name, names, GAZ_COUNT(names));
}

/* The text so far becomes that of a document with tags. */
static void
turn_to_markup(struct gaz_builder *b)
{
	struct gaz_frame *f = &b->frames[b->capture - 1];
	struct gaz_str type = gaz_text_type(b->a, gaz_frame_attr(f, "type"),
	    GAZ_STR("text/plain"));

	b->in_markup = true;
	/* Text that is HTML by contract was escaped markup up to here. */
	if (gaz_text_is_html(type) || f->row->field == FIELD_CONTENT ||
	    (f->row->field == FIELD_SUMMARY && !gaz_builder_is_atom(b)))
		return;
	struct gaz_str copy = gaz_arena_str(b->a, gaz_buf_str(&b->text));

	gaz_buf_reset(&b->text);
	gaz_buf_put_escaped(&b->text, copy);
}

void
gaz_capture_open(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_xml_attr *attrs, size_t n)
{
	struct gaz_frame *owner = &b->frames[b->capture - 1];
	bool first = !b->has_tags;

	if (owner->row->shape != SHAPE_MARKUP)
		return;
	b->has_tags = true;
	if (gaz_str_ieq_z(f->local, "div")) {
		/* Around escaped markup it is somebody's misunderstanding. */
		if (!b->in_markup)
			return;
		if (first && gaz_str_trim(gaz_buf_str(&b->text)).len == 0)
			b->div_depth = b->depth;
	}
	if (!b->in_markup)
		turn_to_markup(b);
	f->markup = true;
	gaz_buf_put_char(&b->text, '<');
	gaz_buf_put_str(&b->text, f->local);
	for (size_t i = 0; i < n; i++) {
		struct gaz_str value = attrs[i].value;

		if (attrs[i].name.prefix.len > 0)
			continue;
		if (!gaz_str_eq(f->base, owner->base) &&
		    is_reference(attrs[i].name.local))
			value = gaz_url_resolve(b->a, f->base, value, true);
		gaz_buf_put_char(&b->text, ' ');
		gaz_buf_put_str(&b->text, attrs[i].name.local);
		gaz_buf_put_z(&b->text, "=\"");
		gaz_buf_put_escaped(&b->text, value);
		gaz_buf_put_char(&b->text, '"');
	}
	gaz_buf_put_z(&b->text, is_void(f->local) ? " />" : ">");
	if (b->div_depth == b->depth)
		b->div_from = b->text.len;
}

void
gaz_capture_close(struct gaz_builder *b, const struct gaz_frame *f)
{
	if (!f->markup)
		return;
	if (b->div_depth == b->depth)
		b->div_to = b->text.len;
	if (is_void(f->local))
		return;
	gaz_buf_put_z(&b->text, "</");
	gaz_buf_put_str(&b->text, f->local);
	gaz_buf_put_char(&b->text, '>');
}

/* The captured text without the one div that Atom wants around XHTML. */
static struct gaz_str
captured(const struct gaz_builder *b)
{
	struct gaz_str s = gaz_buf_str(&b->text);
	size_t behind = b->div_to + strlen("</div>");

	if (b->div_to == 0 ||
	    gaz_str_trim(gaz_str_sub(s, behind, s.len)).len > 0)
		return s;
	return gaz_str_sub(s, b->div_from, b->div_to);
}

void
gaz_capture_start(struct gaz_builder *b, const struct gaz_frame *f)
{
	b->capture = b->depth;
	b->has_tags = false;
	b->div_depth = b->div_from = b->div_to = 0;
	b->in_markup = f->row->shape == SHAPE_MARKUP &&
	    gaz_text_is_xml(gaz_text_type(b->a, gaz_frame_attr(f, "type"),
		f->ns == NS_XHTML ? GAZ_STR("application/xhtml+xml") :
		GAZ_STR("text/plain"))) &&
	    !gaz_str_ieq_z(gaz_frame_attr(f, "mode"), "escaped") &&
	    !gaz_str_ieq_z(gaz_frame_attr(f, "mode"), "base64");
}

/* Media types whose content is base64 (RFC 4287, 4.1.3.3). */
static bool
is_base64_type(struct gaz_str type)
{
	return !gaz_str_starts(type, "text/") && !gaz_text_is_xml(type) &&
	    !gaz_str_ends(type, "/json") && !gaz_str_ends(type, "+json");
}

void
gaz_capture_finish(struct gaz_builder *b, const struct gaz_frame *f)
{
	bool html = f->ns == NS_CONTENT || f->ns == NS_XHTML ||
	    (f->row->field == FIELD_CONTENT && f->ns == NS_CORE) ||
	    (f->row->field == FIELD_SUMMARY && f->ns == NS_CORE &&
		gaz_str_ieq_z(f->local, "description"));
	struct gaz_str mode = gaz_frame_attr(f, "mode");
	struct gaz_text_source src = {
		.raw = captured(b),
		.type = gaz_text_type(b->a, gaz_frame_attr(f, "type"),
		    html ? GAZ_STR("text/html") : GAZ_STR("text/plain")),
		.language = f->lang,
		.base = f->base,
		/* What says that it is text is not doubted. */
		.guess = !gaz_builder_is_atom(b) &&
		    gaz_frame_attr(f, "type").len == 0,
		.no_cleaning = b->opt->raw,
		.scratch = &b->scratch,
		.decorate = b->digest != NULL && b->in_item && !b->in_source &&
		    (f->row->field == FIELD_CONTENT ||
			f->row->field == FIELD_SUMMARY),
	};

	src.plain = src.decorate || f->row->field == FIELD_TITLE;
	b->first_image = GAZ_STR_NONE;
	b->rich = (struct gaz_text){ .value = GAZ_STR_NONE };
	/* Texts are most of the work. */
	if (b->in_item && b->digest != NULL && b->digest->put_off)
		return;
	src.base64 = mode.len > 0 ? gaz_str_ieq_z(mode, "base64") :
	    is_base64_type(src.type);
	if (b->in_markup && !gaz_text_is_xml(src.type))
		src.type = GAZ_STR("application/xhtml+xml");
	b->rich = gaz_text_make(b->a, &src, &b->first_image,
	    b->in_item ? &b->draft.notes : &b->doc->notes);
}

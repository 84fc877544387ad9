/* http://purl.org/dc/terms/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/date.h"
#include "gazetted/mem.h"

/* The part of a DCMI period that begins with key ("start=", "end="). */
static struct gaz_str
part_of(struct gaz_str period, const char *key)
{
	struct gaz_str part;

	while (gaz_str_split(&period, ';', &part)) {
		part = gaz_str_trim(part);
		if (gaz_str_istarts(part, key))
			return gaz_str_trim(gaz_str_sub(part, strlen(key),
			    part.len));
	}
	return GAZ_STR_NONE;
}

/* A period, as DCMI writes it or as ISO 8601 does ("a/b"); a date alone is the
 * last one. */
static void
on_valid(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	gaz_utc *from = t->item != NULL ? &t->item->valid_from :
	    &t->feed->valid_from;
	gaz_utc *until = t->item != NULL ? &t->item->valid_until :
	    &t->feed->valid_until;
	struct gaz_str start = part_of(b->value, "start="),
	    end = part_of(b->value, "end=");
	size_t slash = gaz_str_find_char(b->value, '/', 0);

	(void)f;
	if (*from != GAZ_UTC_UNKNOWN || *until != GAZ_UTC_UNKNOWN)
		return;
	if (start.p == NULL && end.p == NULL) {
		end = b->value;
		if (slash != GAZ_STR_NPOS) {
			start = gaz_str_sub(b->value, 0, slash);
			end = gaz_str_sub(b->value, slash + 1, b->value.len);
		}
	}
	*from = gaz_date_parse(start);
	*until = gaz_date_parse(end);
}

#define ANY (IN_FEED | IN_ITEM | IN_SOURCE)

static const struct gaz_element rows[] = {
	{ "issued", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    2 },
	{ "created", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    5 },
	{ "modified", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_UPDATED,
	    2 },
	{ "valid", IN_FEED | IN_ITEM, SHAPE_PLAIN, 0, NULL, on_valid,
	    FIELD_NONE, 0 },
	{ "title", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 3 },
	{ "abstract", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_SUMMARY,
	    3 },
	{ "description", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 3 },
	{ "rights", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    3 },
	{ "creator", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_author_text,
	    FIELD_NONE, 3 },
	{ "contributor", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_contributor_text,
	    FIELD_NONE, 3 },
	{ "publisher", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_publisher_text,
	    FIELD_PUBLISHER, 3 },
	{ "subject", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_category, FIELD_NONE,
	    3 },
	{ "language", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_string,
	    FIELD_LANGUAGE, 3 },
	{ "license", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_url, FIELD_LICENSE,
	    3 },
};

static const char *const uris[] = {
	"purl.org/dc/terms", NULL
};
static const char *const prefixes[] = {
	"dcterms", NULL
};

const struct gaz_namespace gaz_ns_dcterms = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };

#include "config.h"

#include "evidence.h"

#include <inttypes.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define NAME_MAX_LEN 100
#define SCORE_LEAST 0.01 /* below that nothing is worth telling */

/* What the letters of struct gaz_story_evidence mean to a reader. */
static const struct {
	char letter;
	const char *name;
} kinds[] = {
	{ 'w', "word" },
	{ 'n', "name" },
	{ 'N', "number" },
	{ 'd', "date" },
	{ 'p', "place" },
	{ 'c', "concept" },
	{ 'v', "meaning" },
	{ 'u', "address" },
	{ 'v', "meaning" },
};

static const char *
kind_name(struct gaz_str kind)
{
	for (size_t i = 0; i < GAZ_COUNT(kinds); i++)
		if (kind.len == 1 && kind.p[0] == kinds[i].letter)
			return kinds[i].name;
	return "term";
}

void
gaz_ctl_put_percent(struct gaz_buf *out, double share)
{
	/* 99.7 % is not certainty. */
	int n = (int)(share * 100 + 0.5);

	if (n >= 100 && share < 1)
		n = 99;
	gaz_buf_put_fmt(out, "%d%%", n);
}

void
gaz_ctl_put_language(struct gaz_buf *out, struct gaz_str code)
{
	UChar name[NAME_MAX_LEN];
	char tag[16], text[4 * NAME_MAX_LEN];
	UErrorCode error = U_ZERO_ERROR;
	int32_t len;

	if (code.len == 0) {
		gaz_buf_put_z(out, "an unknown language");
		return;
	}
	if (code.len < sizeof(tag)) {
		memcpy(tag, code.p, code.len);
		tag[code.len] = '\0';
		len = uloc_getDisplayLanguage(tag, "en", name, NAME_MAX_LEN,
		    &error);
		u_strToUTF8(text, sizeof(text), NULL, name, len, &error);
		if (U_SUCCESS(error) && error != U_STRING_NOT_TERMINATED_WARNING) {
			gaz_ctl_clean(out, gaz_str_of(text), NAME_MAX_LEN);
			return;
		}
	}
	gaz_ctl_clean(out, code, NAME_MAX_LEN);
}

/* ---- the reasons of a membership */

static const json_t *
find_item(const json_t *items, int64_t id)
{
	size_t i;
	const json_t *it;

	json_array_foreach (items, i, it)
		if (gaz_ctl_int(it, "id") == id)
			return it;
	return NULL;
}

static void
put_nearest(struct gaz_buf *out, const json_t *e, const json_t *items)
{
	int64_t nearest = gaz_ctl_int(e, "nearest");
	const json_t *it = find_item(items, nearest);
	struct gaz_str own = gaz_ctl_str(e, "language");
	struct gaz_str other = gaz_ctl_str(e, "nearest_language");

	if (nearest <= 0)
		return;
	gaz_buf_put_fmt(out, " The most alike is item %" PRId64, nearest);
	if (it != NULL) {
		struct gaz_str outlet = gaz_ctl_str(json_object_get(it,
		    "feed"), "title");

		gaz_buf_put_z(out, " of ");
		gaz_ctl_clean(out, outlet, GAZ_CTL_NO_LIMIT);
	}
	gaz_buf_put_z(out, ", ");
	gaz_ctl_put_span(out, gaz_ctl_int(e, "gap_s"));
	gaz_buf_put_z(out, " apart, ");
	if (gaz_str_eq(own, other)) {
		gaz_buf_put_z(out, "both in ");
		gaz_ctl_put_language(out, own);
	} else {
		gaz_ctl_put_language(out, own);
		gaz_buf_put_z(out, " against ");
		gaz_ctl_put_language(out, other);
	}
	gaz_buf_put_char(out, '.');
	if (gaz_ctl_int(e, "copy_of") > 0)
		gaz_buf_put_fmt(out, " It is almost the same text as item %"
		    PRId64 ".", gaz_ctl_int(e, "copy_of"));
}

static void
put_terms(struct gaz_buf *out, const json_t *e)
{
	const json_t *list = json_object_get(e, "shared"), *term;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	gaz_buf_put_z(out, " They share: ");
	json_array_foreach (list, i, term) {
		if (i > 0)
			gaz_buf_put_z(out, ", ");
		gaz_ctl_clean(out, gaz_ctl_str(term, "term"),
		    GAZ_CTL_NO_LIMIT);
		gaz_buf_put_fmt(out, " (%s, ", kind_name(gaz_ctl_str(term,
		    "kind")));
		gaz_ctl_put_percent(out, gaz_ctl_num(term, "weight"));
		gaz_buf_put_char(out, ')');
	}
	gaz_buf_put_char(out, '.');
}

static void
put_scores(struct gaz_buf *out, const json_t *e)
{
	bool opened = gaz_ctl_bool(e, "opened");

	gaz_buf_put_z(out, opened ? "Opened the story: the best other one "
	    "reached only " : "Joined with a score of ");
	gaz_ctl_put_percent(out, gaz_ctl_num(e, "score"));
	gaz_buf_put_z(out, ", where ");
	gaz_ctl_put_percent(out, gaz_ctl_num(e, "threshold"));
	gaz_buf_put_z(out, opened ? " is needed." : " was needed.");
}

/* Whatever the least alike share is chance. */
static bool
is_unlike_any(const json_t *e)
{
	return gaz_ctl_bool(e, "opened") &&
	    (gaz_ctl_int(e, "nearest") <= 0 ||
	    gaz_ctl_num(e, "score") < SCORE_LEAST);
}

static void
put_known(struct gaz_buf *out, const json_t *e)
{
	if (gaz_ctl_num(e, "known") <= 0)
		return;
	gaz_buf_put_z(out, " Of the item's names and places the story has ");
	gaz_ctl_put_percent(out, gaz_ctl_num(e, "known"));
	gaz_buf_put_char(out, '.');
}

void
gaz_ctl_put_membership(struct gaz_buf *out, const json_t *e,
    const json_t *items, size_t indent, const struct gaz_ctl_style *st)
{
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	if (!json_is_object(e)) {
		gaz_buf_put_z(&text, "No reasons are kept: it was put here by "
		    "a person, or was not compared yet.");
	} else if (gaz_ctl_int(e, "moved_from") > 0) {
		gaz_buf_put_fmt(&text, "Moved here from story %" PRId64
		    " when both were looked at again.",
		    gaz_ctl_int(e, "moved_from"));
		put_nearest(&text, e, items);
		put_terms(&text, e);
	} else if (gaz_ctl_bool(e, "roundup") && gaz_ctl_bool(e, "opened")) {
		gaz_buf_put_z(&text, "Opened the story: the title says that "
		    "it tells of several events (a round-up, a market or "
		    "weather report), and such an item stays alone.");
		put_nearest(&text, e, items);
		put_terms(&text, e);
	} else if (is_unlike_any(e)) {
		gaz_buf_put_z(&text, "Opened the story: there was nothing "
		    "like it.");
	} else {
		put_scores(&text, e);
		put_nearest(&text, e, items);
		put_terms(&text, e);
		put_known(&text, e);
		if (gaz_ctl_int(e, "runner_up") > 0 &&
		    !gaz_ctl_bool(e, "opened")) {
			gaz_buf_put_fmt(&text, " Second came story %" PRId64
			    " with ", gaz_ctl_int(e, "runner_up"));
			gaz_ctl_put_percent(&text, gaz_ctl_num(e,
			    "runner_up_score"));
			gaz_buf_put_char(&text, '.');
		}
	}
	gaz_buf_put_fmt(out, "%*s", (int)indent, "");
	gaz_ctl_wrap(out, gaz_buf_str(&text), indent, indent,
	    gaz_ctl_text_width(st));
	gaz_buf_put_char(out, '\n');
	gaz_buf_clear(&text);
}

void
gaz_ctl_put_shared(struct gaz_buf *out, const json_t *e, size_t indent,
    const struct gaz_ctl_style *st)
{
	static const struct gaz_ctl_column columns[] = {
		{ "SHARE", .right = true },
		{ .title = "KIND" },
		{ "TERM", .least = 10 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *term;
	struct gaz_buf b;
	size_t i;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	json_array_foreach (json_object_get(e, "shared"), i, term) {
		gaz_buf_reset(&b);
		gaz_ctl_put_percent(&b, gaz_ctl_num(term, "weight"));
		gaz_ctl_cell(t, gaz_buf_str(&b));
		gaz_ctl_cell(t, gaz_str_of(kind_name(gaz_ctl_str(term,
		    "kind"))));
		gaz_ctl_cell(t, gaz_ctl_str(term, "term"));
	}
	gaz_ctl_table_write(t, indent, st, out);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}

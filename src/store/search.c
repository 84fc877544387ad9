/*
 * FTS5 splits at what is no letter, so a Chinese or Thai sentence would be one
 * word. Every character of such a script gets spaces around it on its way in,
 * and in a query, where each word is a phrase: "北京" finds 北 before 京.
 */
#include "config.h"

#include "search.h"

#include "gazetted/limits.h"

static const struct {
	uint32_t from, to;
} spaceless[] = {
	{ 0x0e01, 0x0eff },   /* Thai, Lao */
	{ 0x1000, 0x109f },   /* Myanmar */
	{ 0x1100, 0x11ff },   /* Hangul letters */
	{ 0x1780, 0x17d3 },   /* Khmer */
	{ 0x2e80, 0x2fdf },   /* CJK radicals */
	{ 0x3005, 0x3007 },
	{ 0x3021, 0x3029 },
	{ 0x3031, 0x3035 },
	{ 0x3038, 0x303c },
	{ 0x3041, 0x30ff },   /* kana */
	{ 0x3105, 0x31bf },   /* Bopomofo, Hangul letters */
	{ 0x31f0, 0x31ff },
	{ 0x3400, 0x4dbf },   /* Han */
	{ 0x4e00, 0x9fff },
	{ 0xa000, 0xa4cf },   /* Yi */
	{ 0xac00, 0xd7ff },   /* Hangul */
	{ 0xf900, 0xfaff },
	{ 0xff66, 0xffdc },   /* narrow kana and Hangul */
	{ 0x1b000, 0x1b16f },
	{ 0x20000, 0x3ffff },
};

static bool
is_spaceless(uint32_t c)
{
	for (size_t i = 0; i < GAZ_COUNT(spaceless); i++) {
		if (c < spaceless[i].from)
			return false;
		if (c <= spaceless[i].to)
			return true;
	}
	return false;
}

static bool
may_be_spaceless(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] >= 0xe0)
			return true;
	}
	return false;
}

static void
put_spaced(struct gaz_str s, struct gaz_buf *out)
{
	size_t pos = 0, plain = 0;

	while (pos < s.len) {
		size_t at = pos;

		if ((unsigned char)s.p[pos] < 0xe0) {
			pos++;
			continue;
		}
		if (!is_spaceless(gaz_utf8_next(s, &pos)))
			continue;
		gaz_buf_put(out, s.p + plain, at - plain);
		gaz_buf_put_char(out, ' ');
		gaz_buf_put(out, s.p + at, pos - at);
		gaz_buf_put_char(out, ' ');
		plain = pos;
	}
	gaz_buf_put(out, s.p + plain, s.len - plain);
}

struct gaz_str
search_text(struct gaz_str s, struct gaz_buf *scratch)
{
	if (s.p == NULL)
		return GAZ_STR("");
	if (!may_be_spaceless(s))
		return s;
	gaz_buf_reset(scratch);
	put_spaced(s, scratch);
	return gaz_buf_str(scratch);
}

/* ---- queries */

struct typed_word {
	struct gaz_str text;
	bool minus, prefix;
};

static bool
is_gap(char c)
{
	return gaz_is_space(c) || c == '\0';
}

/* What ends a word besides ASCII, as far as people type it; marks, which are
 * part of one, but no letter; the rest counts as letters. */
static bool
is_other_sign(uint32_t c)
{
	return (c >= 0x80 && c <= 0xbf && c != 0xaa && c != 0xb5 &&
	    c != 0xba) || (c >= 0x2000 && c <= 0x2bff);
}

static bool
is_mark(uint32_t c)
{
	return c >= 0x300 && c <= 0x36f;
}

/*
 * FTS5 finds a beginning by putting together all words that have it, in one
 * step that cannot be interrupted. From three letters on the index of
 * beginnings does that; below, it takes seconds in a large store. A character
 * of a spaceless script is a word already.
 */
static bool
is_too_short(struct gaz_str word)
{
	size_t letters = 0, pos = 0;
	bool spaceless_end = false;

	while (pos < word.len) {
		uint32_t c = gaz_utf8_next(word, &pos);

		spaceless_end = is_spaceless(c);
		if (spaceless_end || is_other_sign(c) ||
		    (c < 0x80 && !gaz_is_alnum((char)c)))
			letters = 0;
		else if (!is_mark(c))
			letters++;
	}
	return letters < GAZ_SEARCH_BEGIN_MIN && !spaceless_end;
}

/* The next word or "phrase" of what was typed; false at the end. */
static bool
next_word(struct gaz_str s, size_t *pos, struct typed_word *w)
{
	size_t start;
	char until = ' ';

	memset(w, 0, sizeof(*w));
	while (*pos < s.len && is_gap(s.p[*pos]))
		++*pos;
	if (*pos == s.len)
		return false;
	if (s.p[*pos] == '-' && *pos + 1 < s.len && !is_gap(s.p[*pos + 1])) {
		w->minus = true;
		++*pos;
	}
	if (s.p[*pos] == '"') {
		until = '"';
		++*pos;
	}
	for (start = *pos; *pos < s.len; ++*pos) {
		char c = s.p[*pos];

		if (c == '"' || (until == ' ' && is_gap(c)))
			break;
	}
	w->text = gaz_str_make(s.p + start, *pos - start);
	if (until == '"' && *pos < s.len)
		++*pos;
	if (until == ' ' && gaz_str_ends(w->text, "*")) {
		w->text.len--;
		w->prefix = !is_too_short(w->text);
	}
	return true;
}

/* FTS5 ignores a phrase without a letter; alone it must not match all. */
static bool
has_letter(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (gaz_is_alnum(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return true;
	}
	return false;
}

static void
put_phrase(const struct typed_word *w, struct gaz_buf *out)
{
	struct gaz_str rest = w->text, piece;

	/* There is no quote in it, and a NUL would end the whole query. */
	gaz_buf_put_char(out, '"');
	while (gaz_str_split(&rest, '\0', &piece)) {
		put_spaced(piece, out);
		gaz_buf_put_char(out, ' ');
	}
	gaz_buf_put_z(out, w->prefix ? "\" *" : "\"");
}

static size_t
put_words(struct gaz_str typed, bool minus, struct gaz_buf *out)
{
	struct typed_word w;
	size_t pos = 0, n = 0;

	while (n < GAZ_SEARCH_WORDS_MAX && next_word(typed, &pos, &w)) {
		if (w.minus != minus || !has_letter(w.text))
			continue;
		if (n++ != 0)
			gaz_buf_put_z(out, minus ? " OR " : " AND ");
		put_phrase(&w, out);
	}
	return n;
}

bool
search_query(struct gaz_str typed, struct gaz_buf *out)
{
	struct gaz_buf without;

	gaz_buf_put_char(out, '(');
	if (put_words(typed, false, out) == 0)
		return false;
	gaz_buf_put_char(out, ')');
	gaz_buf_init(&without, GAZ_BUF_NO_MAX);
	if (put_words(typed, true, &without) != 0) {
		gaz_buf_put_z(out, " NOT (");
		gaz_buf_put_str(out, gaz_buf_str(&without));
		gaz_buf_put_char(out, ')');
	}
	gaz_buf_clear(&without);
	return true;
}

/* ---- the index */

/* Bind what body has for the item to a statement of the index, and run it. */
static bool
write_index(struct gaz_store *s, const char *sql, int64_t item_id,
    struct gaz_err *err)
{
	sqlite3_stmt *body, *st;
	bool ok;
	int rc;

	body = db_prepare(s, "SELECT title, text FROM body WHERE item = ?1",
	    err);
	st = body != NULL ? db_prepare(s, sql, err) : NULL;
	if (st == NULL)
		return false;
	sqlite3_bind_int64(body, 1, item_id);
	rc = db_step(s, body, err);
	if (rc != 1)
		return rc == 0;
	sqlite3_bind_int64(st, 1, item_id);
	db_bind_str(st, 2, search_text(db_str(body, 0), &s->title));
	db_bind_str(st, 3, search_text(db_str(body, 1), &s->text));
	ok = db_run(s, st, err);
	sqlite3_reset(body);
	return ok;
}

void
search_put(struct gaz_store *s, int64_t item_id)
{
	db_ids_add(&s->unindexed, item_id);
}

/* One that waits is not in the index; when it is gone, nothing will be. */
bool
search_take(struct gaz_store *s, int64_t item_id, struct gaz_err *err)
{
	if (db_ids_has(&s->unindexed, item_id))
		return true;
	return write_index(s, "INSERT INTO search(search, rowid, title, text) "
	    "VALUES('delete', ?1, ?2, ?3)", item_id, err);
}

bool
search_flush(struct gaz_store *s, struct gaz_err *err)
{
	for (size_t i = 0; i < s->unindexed.list.n; i++) {
		if (!write_index(s, "INSERT INTO search(rowid, title, text) "
		    "VALUES(?1, ?2, ?3)", s->unindexed.list.v[i], err))
			return false;
	}
	db_ids_cut(&s->unindexed, 0);
	return true;
}

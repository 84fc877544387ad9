/*
 * Bytes of unknown encoding to clean UTF-8: which encoding is meant. Candidates
 * are tried in order and one that the bytes are not valid in is passed over;
 * windows-1252 comes last and takes anything.
 */
#include "config.h"

#include "gazetted/charset.h"

#include <pthread.h>
#include <unicode/ucnv.h>
#include <unicode/udata.h>

#include "gazetted/mem.h"

#include "normalise/charset_label.h"
#include "normalise/charset_read.h"

#define DECLARATION_MAX 512 /* bytes in which <?xml is looked for */

/* Without white space and quotes of either kind around it. */
static struct gaz_str
unquote(struct gaz_str s)
{
	s = gaz_str_trim(s);
	while (s.len > 0 && (s.p[0] == '"' || s.p[0] == '\''))
		s = gaz_str_trim(gaz_str_sub(s, 1, s.len));
	while (s.len > 0 && (s.p[s.len - 1] == '"' || s.p[s.len - 1] == '\''))
		s = gaz_str_trim(gaz_str_sub(s, 0, s.len - 1));
	return s;
}

/* The charset parameter of a media type; absent when there is none. */
static struct gaz_str
charset_of(struct gaz_str content_type)
{
	struct gaz_str rest = content_type, piece;

	if (!gaz_str_split(&rest, ';', &piece))
		return GAZ_STR_NONE;
	while (gaz_str_split(&rest, ';', &piece)) {
		struct gaz_str name;
		struct gaz_str value = piece;
		if (!gaz_str_split(&value, '=', &name) || value.p == NULL ||
		    !gaz_str_ieq_z(gaz_str_trim(name), "charset"))
			continue;
		value = unquote(value);
		return value.len != 0 ? value : GAZ_STR_NONE;
	}
	return GAZ_STR_NONE;
}

/* The encoding of an XML declaration in bytes that are ASCII so far. */
static struct gaz_str
declaration_of(struct gaz_str s)
{
	struct gaz_str head = gaz_str_sub(s, 0, DECLARATION_MAX);
	size_t at = gaz_str_ifind(head, GAZ_STR("<?xml"), 0), end;

	if (at == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_sub(s, at, at + DECLARATION_MAX);
	end = gaz_str_find_char(head, '>', 0);
	head = gaz_str_sub(head, 5, end);
	at = gaz_str_ifind(head, GAZ_STR("encoding"), 0);
	if (at == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, at + 8, head.len));
	if (head.len == 0 || head.p[0] != '=')
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, 1, head.len));
	if (head.len == 0 || (head.p[0] != '"' && head.p[0] != '\''))
		return GAZ_STR_NONE;
	end = gaz_str_find_char(head, head.p[0], 1);
	if (end == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, 1, end));
	return head.len != 0 ? head : GAZ_STR_NONE;
}

/* The byte order mark's encoding, or NULL; *n is its length. */
static const struct encoding *
mark_of(struct gaz_str s, size_t *n)
{
	static const struct {
		const char *mark;
		size_t len;
		const struct encoding *encoding;
	} marks[] = {
		{ "\xef\xbb\xbf", 3, &gaz_charset_utf8 },
		{ "\xff\xfe\0\0", 4, &gaz_charset_utf32le },
		{ "\0\0\xfe\xff", 4, &gaz_charset_utf32be },
		{ "\xff\xfe", 2, &gaz_charset_utf16le },
		{ "\xfe\xff", 2, &gaz_charset_utf16be },
	};

	for (size_t i = 0; i < GAZ_COUNT(marks); i++) {
		*n = marks[i].len;
		if (s.len >= *n && memcmp(s.p, marks[i].mark, *n) == 0)
			return marks[i].encoding;
	}
	*n = 0;
	return NULL;
}

/* What the zeros among the first bytes say: a document begins with ASCII. */
static const struct encoding *
pattern_of(struct gaz_str s)
{
	bool zero[4];

	if (s.len < 4)
		return NULL;
	for (size_t i = 0; i < 4; i++)
		zero[i] = s.p[i] == '\0';
	if (zero[0] && zero[1] && zero[2] && !zero[3])
		return &gaz_charset_utf32be;
	if (!zero[0] && zero[1] && zero[2] && zero[3])
		return &gaz_charset_utf32le;
	if (zero[0] && !zero[1] && !zero[3])
		return &gaz_charset_utf16be;
	if (!zero[0] && zero[1] && !zero[2])
		return &gaz_charset_utf16le;
	return NULL;
}

static bool
is_wide(const struct encoding *e)
{
	return e->kind == ENC_UTF16LE || e->kind == ENC_UTF16BE ||
	    e->kind == ENC_UTF32LE || e->kind == ENC_UTF32BE ||
	    e->kind == ENC_UTF16 || e->kind == ENC_UTF32;
}

/* Say which byte order is meant, where the name leaves it open. */
static const struct encoding *
with_order(const struct encoding *e, const struct encoding *seen)
{
	if (e->kind == ENC_UTF16)
		return seen == &gaz_charset_utf16be ? seen
		                                    : &gaz_charset_utf16le;
	if (e->kind == ENC_UTF32)
		return seen == &gaz_charset_utf32be ? seen
		                                    : &gaz_charset_utf32le;
	return e;
}

#define CANDIDATES_MAX 8

struct choice {
	const struct encoding *v[CANDIDATES_MAX];
	size_t n;
	struct encoding own[2];         /* those that only ICU knows */
	struct gaz_str bad;             /* a label that cannot be served */
	bool named;                     /* something was named */
	bool passed_over;               /* one was named that does not fit */
	const struct encoding *pattern; /* what the bytes look like */
};

static void
add(struct choice *c, const struct encoding *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i] == e)
			return;
	}
	c->v[c->n++] = e;
}

/* Take what a label names. Wide and narrow exclude each other by the first
 * bytes, whatever a label says. */
static void
add_label(struct choice *c, struct gaz_str label, struct encoding *own,
    bool may_be_anything, bool is_json)
{
	if (label.p == NULL)
		return;
	const struct encoding *e = gaz_charset_find(label, own);
	if (e == NULL && may_be_anything) {
		c->passed_over = true;
		return;
	}
	if (e == NULL || e->kind == ENC_REFUSED) {
		c->bad = label;
		return;
	}
	c->named = true;
	if (is_wide(e) != (c->pattern != NULL) ||
	    (is_json && e->kind != ENC_UTF8 && !is_wide(e))) {
		c->passed_over = true;
		return;
	}
	add(c, with_order(e, c->pattern));
}

static void
collect(struct choice *c, struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, const struct encoding *mark)
{
	c->pattern = mark != NULL && is_wide(mark) ? mark : pattern_of(bytes);
	if (mark != NULL) {
		c->named = true;
		add(c, mark);
	}
	add_label(c, charset_of(content_type), &c->own[0], true, is_json);
	if (c->pattern == NULL && !is_json)
		add_label(c, declaration_of(bytes), &c->own[1], false,
		    is_json);
	if (c->pattern != NULL)
		add(c, c->pattern);
}

/* Finish: what the sink saw goes to info. */
static bool
accept(const struct encoding *e, const struct choice *c,
    const struct sink *sink, bool repaired, struct gaz_decoded *info,
    struct gaz_err *err)
{
	if (sink->out->full)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "document larger than %zu bytes as UTF-8",
		    sink->out->max);
	info->encoding = e->name;
	if (e->kind == ENC_LATIN1 && sink->controls > 0)
		info->encoding = gaz_charset_cp1252.name;
	info->declared = c->named;
	info->repaired = repaired || c->passed_over || sink->errors > 0 ||
	    sink->dropped > 0;
	return true;
}

/* Whether faulty bytes are UTF-8 all the same, to be mended. */
static bool
is_mostly_utf8(const struct utf8_look *look)
{
	return look->invalid == 0 || look->multi > look->stray * 2;
}

/* Another encoding's 0x80..0x9f speaks in windows-1252, seen from bytes. */
static size_t
count_c1(struct gaz_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xe0) == 0x80;
	return n;
}

static bool
decode(struct gaz_str bytes, struct gaz_str content_type, bool is_json,
    struct gaz_buf *out, struct gaz_decoded *info, struct gaz_err *err)
{
	struct choice c = { 0 };
	size_t skip, start = out->len;
	const struct encoding *mark = mark_of(bytes, &skip), *lenient = NULL;
	struct utf8_look look = { 0 };
	bool looked = false;

	bytes = gaz_str_sub(bytes, skip, bytes.len);
	/* Some servers and editors each add a mark. */
	while (mark == &gaz_charset_utf8 &&
	    gaz_str_starts(bytes, "\xef\xbb\xbf"))
		bytes = gaz_str_sub(bytes, 3, bytes.len);
	if (gaz_str_starts(bytes, "\x4c\x6f\xa7\x94"))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding EBCDIC is not supported");
	collect(&c, bytes, content_type, is_json, mark);
	if (!c.named && c.bad.p != NULL)
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding \"%.*s\" is not supported",
		    GAZ_STR_ARG(c.bad));
	c.passed_over |= c.bad.p != NULL;
	add(&c, &gaz_charset_utf8);
	for (size_t i = 0; i < c.n; i++) {
		const struct encoding *e = c.v[i];
		struct sink sink = { .out = out };
		if (e->kind == ENC_UTF8) {
			/* The usual case. */
			if (gaz_charset_skip_clean(bytes) == bytes.len) {
				gaz_buf_put_str(out, bytes);
				return accept(e, &c, &sink, i > 0, info, err);
			}
			look = gaz_charset_look_utf8(bytes);
			looked = true;
			if (look.invalid > 0)
				continue;
		}
		if (!gaz_charset_read(bytes, e, &sink))
			sink.errors = SIZE_MAX;
		if (e->kind == ENC_LATIN1)
			sink.controls = count_c1(bytes);
		if (sink.errors == 0 || out->full)
			return accept(e, &c, &sink, i > 0, info, err);
		gaz_buf_truncate(out, start);
		/* What has zeros for every other byte can be nothing else. */
		if (lenient == NULL && (is_wide(e) || (e->kind == ENC_MULTI &&
		    sink.errors <= sink.chars / 50)))
			lenient = e;
	}
	/* Nothing fits: mend rather than garble. */
	struct sink sink = { .out = out };
	const struct encoding *last = &gaz_charset_cp1252;
	if (lenient != NULL)
		last = lenient;
	else if (is_json || (looked && is_mostly_utf8(&look)))
		last = &gaz_charset_utf8;
	if (!gaz_charset_read(bytes, last, &sink))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding \"%s\" cannot be read", last->name);
	return accept(last, &c, &sink, true, info, err);
}

bool
gaz_charset_decode(struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, struct gaz_buf *out, struct gaz_decoded *info,
    struct gaz_err *err)
{
	size_t start = out->len;
	bool full = out->full;

	if (decode(bytes, content_type, is_json, out, info, err))
		return true;
	gaz_buf_truncate(out, start);
	out->full = full;
	return false;
}

/*
 * ICU keeps a converter's table as long as one converter of the kind is open,
 * so these stay open for good. Without access to files ICU has only what its
 * library holds, which is everything used here.
 */
static pthread_once_t preloaded = PTHREAD_ONCE_INIT;
/* Nobody reads it; it is there so that they are not lost. */
static UConverter *kept[64] __attribute__((used));

static void
preload(void)
{
	UErrorCode code = U_ZERO_ERROR;
	const char *name;

	udata_setFileAccess(UDATA_NO_FILES, &code);
	for (size_t i = 0; i < GAZ_COUNT(kept) &&
	     (name = gaz_charset_converter(i)) != NULL; i++) {
		code = U_ZERO_ERROR;
		kept[i] = ucnv_open(name, &code);
	}
	/* Loads the table of names. */
	code = U_ZERO_ERROR;
	(void)ucnv_countAliases("cp437", &code);
}

void
gaz_charset_preload(void)
{
	pthread_once(&preloaded, preload);
}

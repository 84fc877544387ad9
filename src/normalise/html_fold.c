#include "config.h"

#include "normalise/html_fold.h"

static void
put_pending(struct folder *f)
{
	if (f->out->len > f->start) {
		if (f->line && f->block)
			gaz_buf_put_char(f->out, '\n');
		else if (f->line || f->space)
			gaz_buf_put_char(f->out, ' ');
	}
	f->line = f->space = false;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* The high bit of each byte that is below n, which is at most 0x80. */
static uint64_t
bytes_below(uint64_t word, uint64_t n)
{
	return ~((word | HIGH) - ONES * n) & ~word & HIGH;
}

/*
 * The end of text from i on that is folded already: words with single spaces
 * between them, the last of which has an end in s.
 */
static size_t
skip_folded(struct gaz_str s, size_t i)
{
	uint64_t now, next;

	while (s.len - i > sizeof(now)) {
		memcpy(&now, s.p + i, sizeof(now));
		memcpy(&next, s.p + i + 1, sizeof(next));
		if ((bytes_below(now, 0x20) |
		    (bytes_below(now, 0x21) & bytes_below(next, 0x21))) != 0)
			break;
		i += sizeof(now);
	}
	while (i < s.len && (!gaz_is_space(s.p[i]) || (s.p[i] == ' ' &&
	    i + 1 < s.len && !gaz_is_space(s.p[i + 1]))))
		i++;
	return i;
}

void
gaz_html_fold_text(struct folder *f, struct gaz_str s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t from = i;
		while (i < s.len && gaz_is_space(s.p[i])) {
			if (s.p[i] == '\n' && f->pre > 0)
				f->line = true;
			i++;
		}
		f->space |= i > from;
		if (i == s.len)
			return;
		from = i;
		i = skip_folded(s, i);
		put_pending(f);
		gaz_buf_put(f->out, s.p + from, i - from);
	}
}

void
gaz_html_fold_written(struct folder *f, struct gaz_str s)
{
	size_t at;

	while ((at = gaz_str_find_char(s, '&', 0)) != GAZ_STR_NPOS) {
		size_t end = gaz_str_find_char(s, ';', at);
		/* &amp; &lt; &gt; */
		gaz_html_fold_text(f, gaz_str_sub(s, 0, at));
		put_pending(f);
		gaz_buf_put_char(f->out, s.p[at + 1] == 'a' ? '&'
		    : s.p[at + 1] == 'l' ? '<' : '>');
		s = gaz_str_sub(s, end + 1, s.len);
	}
	gaz_html_fold_text(f, s);
}

void
gaz_html_fold_tag(struct folder *f, const struct element *e, bool start)
{
	switch (e->kind) {
	case ELEMENT_BREAK:
	case ELEMENT_BLOCK:
	case ELEMENT_HEADING:
	case ELEMENT_P:
	case ELEMENT_LI:
	case ELEMENT_DD:
	case ELEMENT_TABLE:
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
	case ELEMENT_SECTION:
	case ELEMENT_ROW:
		f->line = true;
		if (strcmp(e->name, "pre") == 0 && (start || f->pre > 0))
			f->pre += start ? 1 : -1;
		break;
	case ELEMENT_CELL:
		f->space = true;
		break;
	case ELEMENT_VOID:
		if (strcmp(e->name, "br") == 0 || strcmp(e->name, "hr") == 0)
			f->line = true;
		break;
	case ELEMENT_UNKNOWN:
	case ELEMENT_DROPPED:
	case ELEMENT_RAW:
	case ELEMENT_LITERAL:
	case ELEMENT_RUBY:
	case ELEMENT_FORMATTING:
	case ELEMENT_LINK:
	case ELEMENT_INLINE:
		break;
	}
}

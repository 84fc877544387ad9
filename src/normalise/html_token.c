#include "config.h"

#include "normalise/html_token.h"

#include <assert.h>

void
gaz_html_tokenizer_init(struct tokenizer *t, struct gaz_str s)
{
	*t = (struct tokenizer){ .s = s };
}

static int
peek(const struct tokenizer *t, size_t at)
{
	return at < t->s.len ? (unsigned char)t->s.p[at] : -1;
}

static bool
starts_at(const struct tokenizer *t, size_t at, const char *what)
{
	return gaz_str_starts(gaz_str_sub(t->s, at, t->s.len), what);
}

/* Whether the '<' at that place begins anything but text. */
static bool
is_markup(const struct tokenizer *t, size_t at)
{
	int c = peek(t, at + 1);

	if (c == '/') {
		/* "</" at the very end is text */
		return peek(t, at + 2) != -1;
	}
	return c == '!' || c == '?' || (c != -1 && gaz_is_alpha((char)c));
}

/* From pos to the next markup. */
static void
read_text(struct tokenizer *t, struct token *token)
{
	size_t from = t->pos, at = from;

	while ((at = gaz_str_find_char(t->s, '<', at)) != GAZ_STR_NPOS &&
	    !is_markup(t, at))
		at++;
	t->pos = at != GAZ_STR_NPOS ? at : t->s.len;
	token->kind = TOKEN_TEXT;
	token->text = gaz_str_sub(t->s, from, t->pos);
}

/* Up to the next '>', from says where the inside begins. */
static void
read_bogus(struct tokenizer *t, struct token *token, size_t from)
{
	size_t end = gaz_str_find_char(t->s, '>', from);

	token->kind = TOKEN_COMMENT;
	token->text = gaz_str_sub(t->s, from, end);
	t->pos = end != GAZ_STR_NPOS ? end + 1 : t->s.len;
}

/* Behind "<!--". */
static void
read_comment(struct tokenizer *t, struct token *token)
{
	size_t from = t->pos + 4, at = from, end;

	token->kind = TOKEN_COMMENT;
	/* "<!-->" and "<!--->" are whole comments. */
	if (starts_at(t, from, ">") || starts_at(t, from, "->")) {
		token->text = gaz_str_sub(t->s, from, from);
		t->pos = from + (peek(t, from) == '>' ? 1 : 2);
		return;
	}
	for (; !t->no_comment_end && (at = gaz_str_find(t->s, GAZ_STR("--"),
	         at)) != GAZ_STR_NPOS; at++) {
		end = at + 2;
		if (peek(t, end) == '!')
			end++;
		if (peek(t, end) == '>') {
			token->text = gaz_str_sub(t->s, from, at);
			t->pos = end + 1;
			return;
		}
	}
	if (t->lenient) {
		t->no_comment_end = true;
		read_bogus(t, token, from);
		return;
	}
	/* The end of everything ends it, and takes what could have been the
	 * beginning of its end. */
	end = t->s.len;
	if (gaz_str_ends(gaz_str_sub(t->s, from, end), "--!"))
		end -= 3;
	else if (gaz_str_ends(gaz_str_sub(t->s, from, end), "--"))
		end -= 2;
	else if (gaz_str_ends(gaz_str_sub(t->s, from, end), "-"))
		end -= 1;
	token->text = gaz_str_sub(t->s, from, end);
	t->pos = t->s.len;
}

static void
add_attribute(struct token *token, struct gaz_str name, struct gaz_str value,
    char quote)
{
	for (size_t i = 0; i < token->n; i++) {
		if (gaz_str_ieq(token->v[i].name, name))
			return;
	}
	if (token->n == GAZ_HTML_ATTRIBUTES_MAX) {
		token->too_many = true;
		return;
	}
	token->v[token->n++] = (struct token_attribute){ name, value, quote };
}

/* The end of a quoted value, or what is taken for it. */
static size_t
find_quote(struct tokenizer *t, char quote, size_t from)
{
	bool *none = quote == '"' ? &t->no_double_quote : &t->no_single_quote;

	if (!*none) {
		size_t end = gaz_str_find_char(t->s, quote, from);
		if (end != GAZ_STR_NPOS)
			return end;
		*none = true;
	}
	return t->lenient ? gaz_str_find_char(t->s, '>', from) : GAZ_STR_NPOS;
}

/* The value behind an equals sign at pos; false at the end of everything. */
static bool
read_value(struct tokenizer *t, struct gaz_str *value, char *quote)
{
	const struct gaz_str s = t->s;
	size_t from, end;

	while (t->pos < s.len && gaz_is_space(s.p[t->pos]))
		t->pos++;
	if (t->pos == s.len)
		return false;
	from = t->pos;
	if (s.p[from] == '"' || s.p[from] == '\'') {
		*quote = s.p[from];
		end = find_quote(t, *quote, ++from);
		if (end == GAZ_STR_NPOS)
			return false;
		*value = gaz_str_sub(s, from, end);
		t->pos = s.p[end] == *quote ? end + 1 : end;
		return true;
	}
	*quote = '\0';
	while (t->pos < s.len && s.p[t->pos] != '>' &&
	    !gaz_is_space(s.p[t->pos]))
		t->pos++;
	*value = gaz_str_sub(s, from, t->pos);
	return true;
}

static bool
ends_name(char c)
{
	return gaz_is_space(c) || c == '/' || c == '>';
}

/* Attributes up to and with the '>'; false at the end of everything. */
static bool
read_attributes(struct tokenizer *t, struct token *token)
{
	const struct gaz_str s = t->s;

	while (t->pos < s.len) {
		char c = s.p[t->pos], quote = '\0';
		struct gaz_str value = GAZ_STR_NONE;
		size_t from = t->pos;
		if (c == '>') {
			t->pos++;
			return true;
		}
		if (c == '/' || gaz_is_space(c)) {
			t->pos++;
			token->self_closing = c == '/' &&
			    peek(t, t->pos) == '>';
			continue;
		}
		/* An equals sign in front is part of the name. */
		t->pos++;
		while (t->pos < s.len && !ends_name(s.p[t->pos]) &&
		    s.p[t->pos] != '=')
			t->pos++;
		struct gaz_str name = gaz_str_sub(s, from, t->pos);
		while (t->pos < s.len && gaz_is_space(s.p[t->pos]))
			t->pos++;
		if (t->pos < s.len && s.p[t->pos] == '=') {
			t->pos++;
			if (!read_value(t, &value, &quote))
				break;
		}
		add_attribute(token, name, value, quote);
	}
	return false;
}

/* A tag whose name begins at from. */
static void
read_tag(struct tokenizer *t, struct token *token, size_t from)
{
	size_t end = from;

	while (end < t->s.len && !ends_name(t->s.p[end]))
		end++;
	token->name = gaz_str_sub(t->s, from, end);
	t->pos = end;
	if (!read_attributes(t, token)) {
		/* Cut off inside a tag: there is no tag. */
		t->pos = t->s.len;
		token->kind = TOKEN_EOF;
	}
}

void
gaz_html_next(struct tokenizer *t, struct token *token)
{
	size_t from;

again:
	from = t->pos;
	token->name = token->text = GAZ_STR_NONE;
	token->self_closing = token->too_many = false;
	token->n = 0;
	if (from >= t->s.len) {
		token->kind = TOKEN_EOF;
		token->source = gaz_str_sub(t->s, from, from);
		return;
	}
	if (t->s.p[from] != '<' || !is_markup(t, from)) {
		read_text(t, token);
	} else if (starts_at(t, from, "<!--")) {
		read_comment(t, token);
	} else if (gaz_str_istarts(gaz_str_sub(t->s, from, t->s.len),
	    "<!doctype")) {
		read_bogus(t, token, from + 9);
		token->kind = TOKEN_DOCTYPE;
	} else if (peek(t, from + 1) == '!') {
		read_bogus(t, token, from + 2);
	} else if (peek(t, from + 1) == '?') {
		read_bogus(t, token, from + 1);
	} else if (peek(t, from + 1) != '/') {
		token->kind = TOKEN_START;
		read_tag(t, token, from + 1);
	} else if (peek(t, from + 2) == '>') {
		t->pos = from + 3; /* "</>" is nothing */
		goto again;
	} else if (gaz_is_alpha((char)peek(t, from + 2))) {
		token->kind = TOKEN_END;
		read_tag(t, token, from + 2);
	} else {
		read_bogus(t, token, from + 2);
	}
	token->source = gaz_str_sub(t->s, from, t->pos);
}

/* An end tag of that name begins at the place. */
static bool
is_end_tag(const struct tokenizer *t, size_t at, struct gaz_str name)
{
	struct gaz_str s = gaz_str_sub(t->s, at, t->s.len);

	return gaz_str_starts(s, "</") && s.len > name.len + 2 &&
	    gaz_str_ieq(gaz_str_sub(s, 2, name.len + 2), name) &&
	    ends_name(s.p[name.len + 2]);
}

/* "<script" and the character behind it, in either direction. */
static bool
is_script_tag(const struct tokenizer *t, size_t at, const char *tag)
{
	struct gaz_str s = gaz_str_sub(t->s, at, t->s.len);
	size_t n = strlen(tag);

	return gaz_str_istarts(s, tag) && s.len > n && ends_name(s.p[n]);
}

/*
 * Where the text of a script ends. Inside "<!--" a script tag of its own may
 * stand, whose end tag does not count (sections 13.2.5.15 to 13.2.5.31).
 */
static size_t
script_end(const struct tokenizer *t)
{
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	size_t at = t->pos;

	for (; at < t->s.len; at++) {
		char c = t->s.p[at];
		if (c == '-' && state != PLAIN && starts_at(t, at, "-->")) {
			state = PLAIN;
		} else if (c != '<') {
			continue;
		} else if (state == PLAIN && starts_at(t, at, "<!--")) {
			/* "<!-->" is over at once: look again from its
			 * hyphens. */
			state = ESCAPED;
			at += 1;
		} else if (state == DOUBLE) {
			if (is_script_tag(t, at, "</script"))
				state = ESCAPED;
		} else if (is_end_tag(t, at, GAZ_STR("script"))) {
			return at;
		} else if (state == ESCAPED &&
		    is_script_tag(t, at, "<script")) {
			state = DOUBLE;
		}
	}
	return t->s.len;
}

struct gaz_str
gaz_html_raw_text(struct tokenizer *t, struct gaz_str name)
{
	size_t from = t->pos, at = from;

	if (gaz_str_ieq_z(name, "script")) {
		at = script_end(t);
	} else {
		while ((at = gaz_str_find(t->s, GAZ_STR("</"), at)) !=
		        GAZ_STR_NPOS && !is_end_tag(t, at, name))
			at += 2;
	}
	t->pos = at != GAZ_STR_NPOS ? at : t->s.len;
	return gaz_str_sub(t->s, from, t->pos);
}

/* The next tag of that name at or after *at, which moves behind the name. */
static bool
find_tag(const struct tokenizer *t, size_t *at, struct gaz_str name,
    bool *is_end)
{
	for (;;) {
		*at = gaz_str_find_char(t->s, '<', *at);
		if (*at == GAZ_STR_NPOS)
			return false;
		size_t from = *at + 1;
		*is_end = peek(t, from) == '/';
		from += *is_end;
		struct gaz_str s = gaz_str_sub(t->s, from, t->s.len);
		if (s.len > name.len && ends_name(s.p[name.len]) &&
		    gaz_str_ieq(gaz_str_sub(s, 0, name.len), name)) {
			*at = from + name.len;
			return true;
		}
		*at = from;
	}
}

bool
gaz_html_skip(struct tokenizer *t, struct gaz_str name, unsigned slot)
{
	size_t at = t->pos, first = GAZ_STR_NPOS, depth = 1;
	bool is_end;

	assert(slot < TOKEN_SKIPS);
	if (t->skips[slot].no_end)
		return false;
	while (depth > 0 && find_tag(t, &at, name, &is_end)) {
		if (!is_end) {
			depth++;
			continue;
		}
		depth--;
		if (first == GAZ_STR_NPOS)
			first = at;
		if (t->skips[slot].unbalanced)
			break;
	}
	if (first == GAZ_STR_NPOS) {
		t->skips[slot].no_end = true;
		return false;
	}
	if (depth > 0 && !t->skips[slot].unbalanced) {
		t->skips[slot].unbalanced = true;
		at = first;
	}
	/* What is left of the end tag. */
	at = gaz_str_find_char(t->s, '>', at);
	t->pos = at != GAZ_STR_NPOS ? at + 1 : t->s.len;
	return true;
}

/* The commented sample and the reference, both from the schema. */
#include "config.h"

#include "gazetted/config.h"

#include "config/schema.h"

#define WIDTH 78

/* Words of text, wrapped, each line with a prefix in front. */
static void
put_wrapped(struct gaz_buf *out, const char *prefix, const char *text)
{
	struct gaz_str rest = gaz_str_of(text), word;
	size_t column = 0;

	while (gaz_str_split(&rest, ' ', &word)) {
		if (column > 0 && column + 1 + word.len > WIDTH) {
			gaz_buf_put_char(out, '\n');
			column = 0;
		}
		if (column == 0) {
			gaz_buf_put_z(out, prefix);
			column = strlen(prefix);
		} else {
			gaz_buf_put_char(out, ' ');
			column++;
		}
		gaz_buf_put_str(out, word);
		column += word.len;
	}
	gaz_buf_put_char(out, '\n');
}

static bool
is_number(enum gaz_config_type t)
{
	return t == GAZ_T_COUNT || t == GAZ_T_DAYS || t == GAZ_T_SECONDS ||
	    t == GAZ_T_MILLISECONDS || t == GAZ_T_BYTES;
}

/* "From 1 to 64." */
static void
put_range(const struct gaz_config_row *row, struct gaz_buf *out)
{
	gaz_buf_put_z(out, "From ");
	gaz_config_write_value(row, &row->min, out);
	gaz_buf_put_z(out, " to ");
	gaz_config_write_value(row, &row->max, out);
	gaz_buf_put_char(out, '.');
}

static void
put_sample_key(const struct gaz_config_row *row, struct gaz_buf *out)
{
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&text, row->doc);
	if (is_number(row->type)) {
		gaz_buf_put_char(&text, ' ');
		put_range(row, &text);
	}
	if (row->none != NULL)
		gaz_buf_put_fmt(&text, " Not set: %s.", row->none);
	gaz_buf_put_char(out, '\n');
	put_wrapped(out, "# ", text.p);
	gaz_buf_put_fmt(out, "#%s =%s%s\n", row->key,
	    row->def != NULL ? " " : "", row->def != NULL ? row->def : "");
	gaz_buf_clear(&text);
}

static void
put_commented(const char *lines, struct gaz_buf *out)
{
	struct gaz_str rest = gaz_str_of(lines), line;

	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len > 0)
			gaz_buf_put_fmt(out, "#%.*s\n", GAZ_STR_ARG(line));
	}
}

static void
put_sample_section(enum gaz_config_section s, struct gaz_buf *out)
{
	const struct gaz_config_section_row *section = &gaz_config_sections[s];

	gaz_buf_put_char(out, '\n');
	for (int i = 0; i < WIDTH; i++)
		gaz_buf_put_char(out, '#');
	gaz_buf_put_char(out, '\n');
	put_wrapped(out, "# ", section->doc);
	if (section->named) {
		gaz_buf_put_z(out, "#\n");
		put_commented(section->example, out);
		gaz_buf_put_fmt(out, "\n# All keys of [%s \"NAME\"]:\n",
		    section->name);
	} else {
		gaz_buf_put_fmt(out, "[%s]\n", section->name);
	}
	for (size_t i = 0; i < gaz_config_row_count; i++) {
		if (gaz_config_rows[i].section == s)
			put_sample_key(&gaz_config_rows[i], out);
	}
}

void
gaz_config_write_sample(struct gaz_buf *out)
{
	gaz_buf_put_z(out,
	    "# Configuration of gazetted; see gazetted.conf(5).\n"
	    "#\n"
	    "# Lines that begin with # or ; are comments. What is commented\n"
	    "# out below is the default. Check a change with\n"
	    "# \"gazettectl check-config\", then reload the daemon.\n"
	    "\n"
	    "# More files, in the order of their names; relative to this "
	    "one.\n"
	    "#include = conf.d/*.conf\n");
	for (size_t i = 0; i < GAZ_SECTION_COUNT; i++)
		put_sample_section((enum gaz_config_section)i, out);
}

/* ---- mdoc(7) */

/* Text where roff would see a request or an escape otherwise. */
static void
put_roff(struct gaz_buf *out, struct gaz_str s, bool line_start)
{
	for (size_t i = 0; i < s.len; i++) {
		if (line_start && i == 0 && (s.p[i] == '.' || s.p[i] == '\''))
			gaz_buf_put_z(out, "\\&");
		if (s.p[i] == '\\')
			gaz_buf_put_z(out, "\\e");
		else if (s.p[i] == '"')
			gaz_buf_put_z(out, "\\(dq");
		else
			gaz_buf_put_char(out, s.p[i]);
	}
}

/* A line a sentence, as mdoc wants it, and long sentences wrapped. */
static void
put_sentences(struct gaz_buf *out, const char *text)
{
	struct gaz_str rest = gaz_str_of(text), word;
	size_t column = 0;

	while (gaz_str_split(&rest, ' ', &word)) {
		if (column > 0 && column + 1 + word.len > WIDTH) {
			gaz_buf_put_char(out, '\n');
			column = 0;
		}
		if (column > 0)
			gaz_buf_put_char(out, ' ');
		put_roff(out, word, column == 0);
		column += word.len + 1;
		if (gaz_str_ends(word, ".")) {
			gaz_buf_put_char(out, '\n');
			column = 0;
		}
	}
	if (column > 0)
		gaz_buf_put_char(out, '\n');
}

static void
put_reference_key(const struct gaz_config_row *row, struct gaz_buf *out)
{
	struct gaz_buf takes;

	gaz_buf_init(&takes, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&takes, "Takes %s", gaz_config_type_name(row->type));
	if (is_number(row->type)) {
		gaz_buf_put_z(&takes, ", from ");
		gaz_config_write_value(row, &row->min, &takes);
		gaz_buf_put_z(&takes, " to ");
		gaz_config_write_value(row, &row->max, &takes);
	}
	gaz_buf_put_char(&takes, '.');
	gaz_buf_put_fmt(out, ".It Cm %s\n", row->key);
	put_sentences(out, row->doc);
	put_sentences(out, takes.p);
	if (row->def != NULL)
		gaz_buf_put_fmt(out, "The default is\n.Ql %s .\n", row->def);
	else if (row->none != NULL)
		gaz_buf_put_fmt(out, "If it is not set: %s.\n", row->none);
	else if (row->required)
		gaz_buf_put_z(out, "Required.\n");
	gaz_buf_clear(&takes);
}

void
gaz_config_write_reference(struct gaz_buf *out)
{
	for (size_t s = 0; s < GAZ_SECTION_COUNT; s++) {
		const struct gaz_config_section_row *section =
		    &gaz_config_sections[s];
		gaz_buf_put_fmt(out, ".Ss [%s%s]\n", section->name,
		    section->named ? " \\(dqNAME\\(dq" : "");
		put_sentences(out, section->doc);
		gaz_buf_put_z(out, ".Bl -tag -width Ds\n");
		for (size_t i = 0; i < gaz_config_row_count; i++) {
			if (gaz_config_rows[i].section == s)
				put_reference_key(&gaz_config_rows[i], out);
		}
		gaz_buf_put_z(out, ".El\n");
	}
}

/* Language tags (BCP 47) and what else people write in their place. */
#include "config.h"

#include "gazetted/lang.h"

#include "gazetted/buf.h"
#include "gazetted/mem.h"

#include "normalise/lang_internal.h"

/* ISO 639-1, so that an answer can be a declared code outside the model. */
static const char iso639[] =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce "
    "ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr "
    "fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
    "it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln "
    "lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si "
    "sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt "
    "tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/* Codes as found in feeds that mean another one. */
static const struct {
	const char *given, *code;
} aliases[] = {
	{ "iw", "he" },
	{ "in", "id" },
	{ "ji", "yi" },
	{ "mo", "ro" },
	{ "jp", "ja" },
	{ "cz", "cs" },
	{ "dk", "da" },
	{ "ua", "uk" },
	{ "gr", "el" },
	{ "fil", "tl" },
	{ "cmn", "zh" },
	{ "yue", "zh" },
	{ "eng", "en" },
	{ "deu", "de" },
	{ "ger", "de" },
	{ "fra", "fr" },
	{ "fre", "fr" },
	{ "spa", "es" },
	{ "por", "pt" },
	{ "ita", "it" },
	{ "nld", "nl" },
	{ "dut", "nl" },
	{ "dan", "da" },
	{ "swe", "sv" },
	{ "nor", "no" },
	{ "nob", "nb" },
	{ "nno", "nn" },
	{ "fin", "fi" },
	{ "est", "et" },
	{ "lav", "lv" },
	{ "lit", "lt" },
	{ "pol", "pl" },
	{ "ces", "cs" },
	{ "cze", "cs" },
	{ "slk", "sk" },
	{ "slo", "sk" },
	{ "slv", "sl" },
	{ "hrv", "hr" },
	{ "srp", "sr" },
	{ "bos", "bs" },
	{ "ron", "ro" },
	{ "rum", "ro" },
	{ "hun", "hu" },
	{ "ell", "el" },
	{ "gre", "el" },
	{ "tur", "tr" },
	{ "rus", "ru" },
	{ "ukr", "uk" },
	{ "bul", "bg" },
	{ "mkd", "mk" },
	{ "cat", "ca" },
	{ "glg", "gl" },
	{ "eus", "eu" },
	{ "baq", "eu" },
	{ "ara", "ar" },
	{ "heb", "he" },
	{ "fas", "fa" },
	{ "per", "fa" },
	{ "hin", "hi" },
	{ "tha", "th" },
	{ "vie", "vi" },
	{ "ind", "id" },
	{ "msa", "ms" },
	{ "may", "ms" },
	{ "zho", "zh" },
	{ "chi", "zh" },
	{ "jpn", "ja" },
	{ "kor", "ko" },
	{ "english", "en" },
	{ "german", "de" },
	{ "deutsch", "de" },
	{ "french", "fr" },
	{ "francais", "fr" },
	{ "spanish", "es" },
	{ "portuguese", "pt" },
	{ "italian", "it" },
	{ "italiano", "it" },
	{ "dutch", "nl" },
	{ "nederlands", "nl" },
	{ "swedish", "sv" },
	{ "svenska", "sv" },
	{ "danish", "da" },
	{ "dansk", "da" },
	{ "norwegian", "no" },
	{ "norsk", "no" },
	{ "finnish", "fi" },
	{ "polish", "pl" },
	{ "polski", "pl" },
	{ "czech", "cs" },
	{ "hungarian", "hu" },
	{ "magyar", "hu" },
	{ "turkish", "tr" },
	{ "russian", "ru" },
	{ "ukrainian", "uk" },
	{ "greek", "el" },
	{ "romanian", "ro" },
	{ "bulgarian", "bg" },
	{ "arabic", "ar" },
	{ "hebrew", "he" },
	{ "hindi", "hi" },
	{ "thai", "th" },
	{ "vietnamese", "vi" },
	{ "indonesian", "id" },
	{ "chinese", "zh" },
	{ "japanese", "ja" },
	{ "korean", "ko" },
	{ "catalan", "ca" },
};

struct gaz_str
gaz_lang_primary(struct gaz_str tag)
{
	size_t i = 0;

	while (i < tag.len && tag.p[i] != '-' && tag.p[i] != '_')
		i++;
	return gaz_str_sub(tag, 0, i);
}

struct gaz_str
gaz_lang_known(struct gaz_str hint)
{
	struct gaz_str code = gaz_lang_primary(gaz_str_trim(hint));

	for (size_t i = 0; i < GAZ_COUNT(aliases); i++) {
		if (gaz_str_ieq_z(code, aliases[i].given))
			return gaz_str_of(aliases[i].code);
	}
	for (size_t i = 0; code.len == 2 && i + 2 < sizeof(iso639); i += 3) {
		struct gaz_str row = gaz_str_make(iso639 + i, 2);

		if (gaz_str_ieq(code, row))
			return row;
	}
	return GAZ_STR_NONE;
}

static bool
all_alpha(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!gaz_is_alpha(s.p[i]))
			return false;
	}
	return s.len > 0;
}

static bool
all_alnum(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!gaz_is_alnum(s.p[i]))
			return false;
	}
	return s.len > 0;
}

/* A further subtag in its usual case (BCP 47, section 2.1.1). */
static void
put_subtag(struct gaz_buf *out, struct gaz_str s)
{
	bool region = s.len == 2 && all_alpha(s);
	bool script = s.len == 4 && all_alpha(s);

	if (gaz_str_ieq_z(s, "uk") && region)
		s = GAZ_STR("GB"); /* what people mean by en-UK */
	gaz_buf_put_char(out, '-');
	for (size_t i = 0; i < s.len; i++) {
		char c = gaz_to_lower(s.p[i]);

		if ((region || (script && i == 0)) && gaz_is_alpha(c))
			c = (char)(c - 'a' + 'A');
		gaz_buf_put_char(out, c);
	}
}

struct gaz_str
gaz_lang_tag(struct gaz_arena *a, struct gaz_str given)
{
	static const char *const none[] = { "und", "mul", "zxx", "none", "null",
		"default" };
	struct gaz_str rest = gaz_str_trim(given), first, piece, code, tag;
	struct gaz_buf out;
	size_t end = 0;

	/* "en, fr" and "en;q=0.5": the first. */
	while (end < rest.len && (gaz_is_alnum(rest.p[end]) ||
				     rest.p[end] == '-' || rest.p[end] == '_'))
		end++;
	rest = gaz_str_sub(rest, 0, end);
	first = gaz_lang_primary(rest);
	rest = gaz_str_sub(rest, first.len, rest.len);
	for (size_t i = 0; i < GAZ_COUNT(none); i++) {
		if (gaz_str_ieq_z(first, none[i]))
			return GAZ_STR_NONE;
	}
	code = gaz_lang_known(first);
	if (code.len == 0) {
		if (first.len != 3 || !all_alpha(first))
			return GAZ_STR_NONE;
		code = first;
	}
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < code.len; i++)
		gaz_buf_put_char(&out, gaz_to_lower(code.p[i]));
	while (rest.len > 0) {
		rest = gaz_str_sub(rest, 1, rest.len);
		piece = gaz_lang_primary(rest);
		rest = gaz_str_sub(rest, piece.len, rest.len);
		/* Extensions and private use are of no interest here. */
		if (piece.len < 2 || piece.len > 8 || !all_alnum(piece))
			break;
		put_subtag(&out, piece);
	}
	tag = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return tag;
}

bool
gaz_lang_is_rtl(struct gaz_str tag)
{
	static const char *const languages[] = { "ar", "arc", "ckb", "dv", "fa",
		"he", "iw", "ji", "ks", "ps", "sd", "syr", "ug", "ur", "yi" };
	static const char *const scripts[] = { "arab", "hebr", "thaa", "syrc",
		"nkoo" };
	struct gaz_str first = gaz_lang_primary(tag);
	struct gaz_str second =
	    gaz_lang_primary(gaz_str_sub(tag, first.len + 1, tag.len));

	if (second.len == 4) {
		for (size_t i = 0; i < GAZ_COUNT(scripts); i++) {
			if (gaz_str_ieq_z(second, scripts[i]))
				return true;
		}
		return false;
	}
	for (size_t i = 0; i < GAZ_COUNT(languages); i++) {
		if (gaz_str_ieq_z(first, languages[i]))
			return true;
	}
	return false;
}

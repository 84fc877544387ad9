/* The question to a server of embeddings, and its answer. */
#include "config.h"

#include "embedding.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/json.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define FOLD_SEED 0x656d6265u /* signs of the folding; stored by them */

void
gaz_vectors_clear(struct gaz_vectors *v)
{
	free(v->v);
	memset(v, 0, sizeof(*v));
}

struct gaz_str
gaz_embedding_url(struct gaz_arena *a, struct gaz_str url)
{
	struct gaz_str s = url;

	if (gaz_str_find_char(s, '?', 0) != GAZ_STR_NPOS)
		return gaz_arena_str(a, url);
	while (s.len > 0 && s.p[s.len - 1] == '/')
		s.len--;
	if (gaz_str_ends(s, "/embeddings"))
		return gaz_arena_str(a, s);
	return gaz_arena_fmt(a, "%.*s%s", GAZ_STR_ARG(s),
	    gaz_str_ends(s, "/v1") ? "/embeddings" : "/v1/embeddings");
}

/* Not in the middle of a character. */
static struct gaz_str
cut(struct gaz_str s)
{
	if (s.len <= GAZ_EMBED_TEXT_MAX)
		return s;
	s.len = GAZ_EMBED_TEXT_MAX;
	while (s.len > 0 && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

struct gaz_str
gaz_embedding_text(struct gaz_arena *a, struct gaz_str title,
    struct gaz_str text)
{
	/* Either first: a text may be of megabytes. */
	title = cut(title);
	text = cut(text);
	struct gaz_str s = gaz_arena_fmt(a, "%.*s%s%.*s", GAZ_STR_ARG(title),
	    title.len > 0 && text.len > 0 ? "\n" : "", GAZ_STR_ARG(text));

	s = gaz_str_trim(cut(s));
	return s.len > 0 ? s : GAZ_STR("-");
}

void
gaz_embedding_write(struct gaz_buf *out, struct gaz_str model,
    const struct gaz_str *texts, size_t n)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	if (model.len > 0)
		gaz_json_str(&j, "model", model);
	gaz_json_array(&j, "input");
	for (size_t i = 0; i < n; i++)
		gaz_json_str(&j, NULL, texts[i]);
	gaz_json_end_array(&j);
	gaz_json_z(&j, "encoding_format", "float");
	gaz_json_end_object(&j);
}

/* The numbers of one vector, folded if they are many. */
static bool
read_numbers(const json_t *list, double out[GAZ_STORY_VECTOR_MAX],
    struct gaz_err *err)
{
	size_t len = json_array_size(list);

	memset(out, 0, GAZ_STORY_VECTOR_MAX * sizeof(*out));
	for (size_t i = 0; i < len; i++) {
		const json_t *number = json_array_get(list, i);
		double x = json_number_value(number);

		if (!json_is_number(number) || !isfinite(x))
			return gaz_err_set(err, GAZ_ERR_FORMAT,
			    "a vector holds something that is no number");
		if (len > GAZ_STORY_VECTOR_MAX &&
		    (gaz_hash_mix(i, FOLD_SEED) & 1))
			x = -x;
		out[i % GAZ_STORY_VECTOR_MAX] += x;
	}
	return true;
}

/* The largest becomes 127; of an angle no more than half a degree is lost. */
static bool
make_whole(const double *v, size_t len, int8_t *out, struct gaz_err *err)
{
	double most = 0;

	for (size_t i = 0; i < len; i++)
		most = fmax(most, fabs(v[i]));
	if (!(most > 0) || !isfinite(most))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "a vector points nowhere");
	for (size_t i = 0; i < len; i++)
		out[i] = (int8_t)lrint(v[i] / most * 127);
	return true;
}

/* data[at]; all vectors are as long as the first. */
static bool
read_one(const json_t *data, size_t at, bool *seen, struct gaz_vectors *out,
    struct gaz_err *err)
{
	const json_t *entry = json_array_get(data, at);
	const json_t *list = json_object_get(entry, "embedding");
	const json_t *index = json_object_get(entry, "index");
	json_int_t which = json_is_integer(index) ? json_integer_value(index) :
	    (json_int_t)at;
	double numbers[GAZ_STORY_VECTOR_MAX];
	size_t len = json_array_size(list);

	if (len == 0)
		return gaz_err_set(err, GAZ_ERR_FORMAT, "a vector is missing");
	if (len > GAZ_EMBED_NUMBERS_MAX)
		return gaz_err_set(err, GAZ_ERR_LIMIT, "a vector of %zu "
		    "numbers: more than GAZ_EMBED_NUMBERS_MAX", len);
	if (which < 0 || (size_t)which >= out->n || seen[which])
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "vectors are not numbered as the texts are");
	seen[which] = true;
	if (!read_numbers(list, numbers, err))
		return false;
	if (len > GAZ_STORY_VECTOR_MAX)
		len = GAZ_STORY_VECTOR_MAX;
	if (out->v == NULL) {
		out->len = len;
		out->v = gaz_mem_zero(out->n, len);
	}
	if (len != out->len)
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "vectors of %zu and of %zu numbers in one answer",
		    out->len, len);
	return make_whole(numbers, len, out->v + (size_t)which * len, err);
}

bool
gaz_embedding_read(struct gaz_str answer, size_t n, struct gaz_vectors *out,
    struct gaz_err *err)
{
	struct gaz_vectors v = { .n = n };
	bool seen[GAZ_EMBED_BATCH] = { false };
	json_error_t why;
	json_t *root = json_loadb(answer.p != NULL ? answer.p : "", answer.len,
	    0, &why);
	const json_t *data = json_object_get(root, "data");
	bool ok = false;

	if (root == NULL)
		gaz_err_set(err, GAZ_ERR_FORMAT, "the answer is not JSON");
	else if (!json_is_array(data))
		gaz_err_set(err, GAZ_ERR_FORMAT, "the answer has no data");
	else if (json_array_size(data) != n || n == 0 || n > GAZ_EMBED_BATCH)
		gaz_err_set(err, GAZ_ERR_FORMAT, "%zu vectors for %zu texts",
		    json_array_size(data), n);
	else
		ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = read_one(data, i, seen, &v, err);
	json_decref(root);
	if (ok)
		*out = v;
	else
		gaz_vectors_clear(&v);
	return ok;
}

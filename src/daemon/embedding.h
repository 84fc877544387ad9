#ifndef GAZETTED_DAEMON_EMBEDDING_H
#define GAZETTED_DAEMON_EMBEDDING_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"

/*
 * What passes between the daemon and a server of embeddings (OpenAI's
 * POST /v1/embeddings, as llama.cpp and Ollama have it, too). Pure. Any thread.
 */

/* n vectors of len numbers each, in a row. A zeroed one is empty. */
struct gaz_vectors {
	size_t n, len;
	int8_t *v;
};
void gaz_vectors_clear(struct gaz_vectors *v);

/* Where to ask: url, with /v1/embeddings behind it if that is missing. */
struct gaz_str gaz_embedding_url(struct gaz_arena *a, struct gaz_str url);

/* Title and text as one, cut to GAZ_EMBED_TEXT_MAX; never empty. */
struct gaz_str gaz_embedding_text(struct gaz_arena *a, struct gaz_str title,
    struct gaz_str text);

/* The question; model may be absent. */
void gaz_embedding_write(struct gaz_buf *out, struct gaz_str model,
    const struct gaz_str *texts, size_t n);

/*
 * The answer to n texts, in their order whatever order it has. The vectors are
 * brought to whole numbers and those longer than GAZ_STORY_VECTOR_MAX folded
 * to it, so that angles stay about the same. Nothing of the answer is trusted:
 * GAZ_ERR_FORMAT when anything is missing, doubled, not a number or zero.
 */
bool gaz_embedding_read(struct gaz_str answer, size_t n,
    struct gaz_vectors *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif

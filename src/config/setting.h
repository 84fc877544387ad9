#ifndef GAZETTED_CONFIG_SETTING_H
#define GAZETTED_CONFIG_SETTING_H

#include "config/reader.h"

/* One value on its way into the member it sets: all that a setter needs. */
struct gaz_config_setting {
	struct gaz_config_reader *r;
	const struct gaz_config_row *row;
	const struct gaz_config_value *v;
	void *member;
	struct gaz_str s; /* the value or list element, quotes taken off */
	size_t shift;     /* where s begins in the raw value */
};

/* Say what is wrong with len bytes at offset of the raw value. */
#define FAULT(st, offset, n, ...)                                       \
	gaz_config_report((st)->r->errors,                              \
	    gaz_config_place_of((st)->v, (offset), (n)), false, __VA_ARGS__)
/* The same for all of it. */
#define FAULT_ALL(st, ...) FAULT(st, 0, (st)->v->raw.len, __VA_ARGS__)

#define WORD_MAX 100 /* bytes of a tag or a name in a list */

/*
 * The next element of a list from *pos on, into s and shift. False when the
 * list is over, or broken (reported, *ok turns false). Lives until the next.
 */
bool gaz_config_next_element(struct gaz_config_setting *st, size_t *pos,
    bool *ok);
static inline struct gaz_arena *
arena_of(const struct gaz_config_setting *st)
{
	return &st->r->config->arena;
}

/* Copy into the config. */
static inline struct gaz_str
keep(const struct gaz_config_setting *st, struct gaz_str s)
{
	return gaz_arena_str(arena_of(st), s);
}

/* The offset in the raw value of byte at of s. */
static inline size_t
inside(const struct gaz_config_setting *st, size_t at)
{
	size_t quote = st->shift < st->v->raw.len &&
	    st->v->raw.p[st->shift] == '"';

	return st->shift + quote + at;
}

/* No control characters; reports them. */
bool gaz_config_is_plain(struct gaz_config_setting *st);
/* A path that can be meant; reports what is wrong. */
bool gaz_config_check_path(struct gaz_config_setting *st);

/* ---- apply_list.c: lists and addresses */
void gaz_config_set_feed_url(struct gaz_config_setting *st);
void gaz_config_set_base_url(struct gaz_config_setting *st);
void gaz_config_set_proxy(struct gaz_config_setting *st);
void gaz_config_set_language(struct gaz_config_setting *st);
void gaz_config_set_match(struct gaz_config_setting *st);
void gaz_config_set_since(struct gaz_config_setting *st);
void gaz_config_set_words(struct gaz_config_setting *st);
void gaz_config_set_languages(struct gaz_config_setting *st);
void gaz_config_set_listen(struct gaz_config_setting *st);
void gaz_config_set_source(struct gaz_config_setting *st);
void gaz_config_set_ranges(struct gaz_config_setting *st);
void gaz_config_set_header(struct gaz_config_setting *st);
void gaz_config_set_action(struct gaz_config_setting *st);

#endif

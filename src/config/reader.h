#ifndef GAZETTED_CONFIG_READER_H
#define GAZETTED_CONFIG_READER_H

#include "config/schema.h"

#include "gazetted/limits.h"
#include "gazetted/map.h"
#include "gazetted/vec.h"

/* A file that was read; all of them live until the reading is over, so that a
 * place stays good. */
struct gaz_config_text {
	const char *name;    /* as it was named; the errors' arena */
	struct gaz_str folder; /* of name, with its slash; may be empty */
	struct gaz_buf text;
	struct gaz_config_file info;
	const struct gaz_config_text *parent; /* that includes it, or NULL */
	int depth;
	size_t order;        /* first read, first reported */
};

/* A run of bytes in a file; file NULL: nowhere. */
struct gaz_config_place {
	const struct gaz_config_text *file;
	size_t at, len;
};

/*
 * A value as it stands in the file, continued lines joined. Pieces tell where
 * the joined bytes came from.
 */
struct gaz_config_piece {
	size_t offset; /* in raw */
	size_t at;     /* in the file */
};

struct gaz_config_value {
	const struct gaz_config_text *file;
	struct gaz_str raw;
	const struct gaz_config_piece *pieces; /* at least one */
	size_t piece_count;
	struct gaz_config_place key;
};

/* The section that is being read. */
struct gaz_config_current {
	bool open;     /* false: before the first one */
	bool known;    /* the section has a row */
	enum gaz_config_section section;
	struct gaz_config_place header;
	size_t index;  /* in feeds, exports or rules */
	int line;
	struct gaz_config_feed feed;
	struct gaz_config_access access;
	struct gaz_config_export export;
	struct gaz_config_rule rule;
	struct gaz_config_place *set; /* where each row was set */
};

struct gaz_config_limit_check {
	struct gaz_config_place place;
	int64_t interval_s;
};

struct gaz_config_reader {
	const struct gaz_config_source *source;
	struct gaz_config_errors *errors;
	struct gaz_config *config;
	GAZ_VEC(struct gaz_config_text *) files;
	GAZ_VEC(struct gaz_config_feed) feeds;
	GAZ_VEC(struct gaz_config_export) exports;
	GAZ_VEC(struct gaz_config_rule) rules;
	GAZ_VEC(struct gaz_config_piece) pieces;
	GAZ_VEC(struct gaz_config_limit_check) intervals;
	struct gaz_map *names[GAZ_SECTION_COUNT]; /* to index + 1 */
	struct gaz_map *urls;                     /* to index + 1 of feeds */
	struct gaz_map *paths;                    /* of exports, the same */
	struct gaz_buf joined;  /* of a value over several lines */
	struct gaz_buf plain;   /* of a quoted value */
	struct gaz_arena temp;  /* what is needed until all is read */
	struct gaz_config_current cur;
	struct gaz_config_place *daemon_set; /* per row, of unnamed sections */
	struct gaz_config_place *named_set;  /* per row, of the current one */
	struct gaz_config_feed feed_default;
	struct gaz_config_export export_default;
	const struct gaz_config_access *access_default;
	bool access_used;       /* cur.access says something */
	bool listen_set;        /* the default addresses are replaced */
	struct gaz_str tags_raw; /* the tags of the feed before, to share */
	gaz_str_list tags;
};

/* ---- errors.c */

/* Note what is wrong at a place; counted even when there are too many. */
void gaz_config_report(struct gaz_config_errors *e,
    struct gaz_config_place place, bool warning, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a file that could not be read. */
void gaz_config_report_file(struct gaz_config_errors *e, const char *name,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Put them in order and make the text of them. */
void gaz_config_errors_finish(struct gaz_config_errors *e);
/* Line and column, from 1. */
void gaz_config_locate(struct gaz_config_place place, int *line, int *column);

/* ---- load.c */

/* Read what an include names; the open section goes on behind it. */
void gaz_config_read_include(struct gaz_config_reader *r,
    const struct gaz_config_value *v);

/* ---- lines.c */

void gaz_config_read_lines(struct gaz_config_reader *r,
    const struct gaz_config_text *file);

/* ---- apply.c */

/* Set what the row describes. Everything wrong is reported. */
void gaz_config_apply(struct gaz_config_reader *r,
    const struct gaz_config_row *row, const struct gaz_config_value *v);
/* The value of a key that is no row, such as include; absent when broken.
 * Lives until the next value. */
struct gaz_str gaz_config_plain(struct gaz_config_reader *r,
    const struct gaz_config_value *v);
/* A path as a config holds it: relative to the file, made absolute. */
struct gaz_str gaz_config_resolve(struct gaz_config_reader *r,
    const struct gaz_config_text *file, struct gaz_str path);
/* The place of len bytes at offset in a value. */
struct gaz_config_place gaz_config_place_of(const struct gaz_config_value *v,
    size_t offset, size_t len);

/* ---- finish.c */

/* The section that is open ends: check it as a whole and keep it. */
void gaz_config_close_section(struct gaz_config_reader *r);
/* What only the whole configuration can tell. */
void gaz_config_check_whole(struct gaz_config_reader *r);

/* Where a key of the open section was set; file NULL: it was not. */
struct gaz_config_place gaz_config_where(struct gaz_config_reader *r,
    enum gaz_config_section s, const char *key);

#endif

#ifndef GAZETTED_ERR_H
#define GAZETTED_ERR_H

#include <stdbool.h>

/*
 * One error type. A function that can fail returns bool (or a pointer) and
 * takes a struct gaz_err last. The place that finds the fault says what; a
 * caller that knows more puts it in front; one place at the top reports it.
 * Codes exist only where a caller acts on the difference. Any thread.
 */
enum gaz_err_code {
	GAZ_ERR_NONE = 0,
	GAZ_ERR_IO,      /* the system refused: file, socket, disk */
	GAZ_ERR_FORMAT,  /* the input is not what it claims to be */
	GAZ_ERR_LIMIT,   /* the input is larger than we accept */
	GAZ_ERR_STORE,   /* SQLite refused */
	GAZ_ERR_CONFIG,  /* the operator has to change something */
	GAZ_ERR_MISSING, /* what was named does not exist */
	GAZ_ERR_USAGE,   /* the caller's words are wrong */
	GAZ_ERR_BUSY,    /* try again later */
};

#define GAZ_ERR_MSG_MAX 240

/* What went wrong. A plain value: copy it, never free it. */
struct gaz_err {
	enum gaz_err_code code;
	char msg[GAZ_ERR_MSG_MAX]; /* UTF-8, NUL-terminated, no newline */
};

/*
 * Record a failure; always false, so that callers can return it. err may be
 * NULL: the caller does not care why.
 */
bool gaz_err_set(struct gaz_err *err, enum gaz_err_code code,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put context in front: "feed 12: line 3: no such element". Always false. */
bool gaz_err_wrap(struct gaz_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit status of sysexits(3) that fits the code. */
int gaz_err_exit_status(const struct gaz_err *err);

#endif

/*
 * Messages are made whole in a scratch buffer first, so that arguments may
 * point into the old message, then cleaned and cut to the room there is.
 */
#include "config.h"

#include "gazetted/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "gazetted/str.h"

/* Room for a cut in the middle of a character behind the longest message. */
#define SCRATCH (2 * GAZ_ERR_MSG_MAX + 8)

/* Copy text to msg: control characters become spaces, broken bytes "?". */
static void
set_msg(struct gaz_err *err, const char *text)
{
	struct gaz_str s = gaz_str_of(text);
	size_t pos = 0, n = 0;

	while (pos < s.len) {
		char utf8[4];
		size_t start = pos;
		uint32_t c = gaz_utf8_next(s, &pos);
		size_t len = gaz_utf8_put(c, utf8);

		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			utf8[0] = ' ';
			len = 1;
		} else if (c == 0xfffd && memcmp(s.p + start, utf8, 3) != 0) {
			utf8[0] = '?';
			len = 1;
		}
		if (len > GAZ_ERR_MSG_MAX - 1 - n)
			break;
		memcpy(err->msg + n, utf8, len);
		n += len;
	}
	err->msg[n] = '\0';
}

bool
gaz_err_set(struct gaz_err *err, enum gaz_err_code code, const char *fmt, ...)
{
	char text[SCRATCH];
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err->code = code;
	set_msg(err, text);
	return false;
}

bool
gaz_err_wrap(struct gaz_err *err, const char *fmt, ...)
{
	char context[SCRATCH];
	char text[sizeof(context) + 2 + GAZ_ERR_MSG_MAX];
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", context, err->msg);
	set_msg(err, text);
	return false;
}

int
gaz_err_exit_status(const struct gaz_err *err)
{
	switch (err->code) {
	case GAZ_ERR_NONE:
		return EX_OK;
	case GAZ_ERR_FORMAT:
	case GAZ_ERR_LIMIT:
		return EX_DATAERR;
	case GAZ_ERR_MISSING:
		return EX_NOINPUT;
	case GAZ_ERR_IO:
	case GAZ_ERR_STORE:
		return EX_IOERR;
	case GAZ_ERR_CONFIG:
		return EX_CONFIG;
	case GAZ_ERR_USAGE:
		return EX_USAGE;
	case GAZ_ERR_BUSY:
		return EX_TEMPFAIL;
	}
	return EX_SOFTWARE;
}

/*
 * Each line is made whole and leaves in one write(2), so that the lines of
 * several threads and processes do not mix. The level and the form are the
 * only state; they are set once at start, or anew by a reload.
 */
#include "config.h"

#include "gazetted/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "gazetted/clock.h"
#include "gazetted/mem.h"

/* What a pipe takes in one piece (PIPE_BUF on Linux). */
#define LINE_MAX_BYTES 4096

static atomic_int most_level = GAZ_LOG_NOTICE;
static atomic_bool for_journal;

static const struct {
	const char *name;
	enum gaz_log_level level;
} levels[] = {
	{ "err", GAZ_LOG_ERR },
	{ "warn", GAZ_LOG_WARN },
	{ "notice", GAZ_LOG_NOTICE },
	{ "info", GAZ_LOG_INFO },
	{ "debug", GAZ_LOG_DEBUG },
	/* the long names that people expect to work too */
	{ "error", GAZ_LOG_ERR },
	{ "warning", GAZ_LOG_WARN },
};

void
gaz_log_setup(enum gaz_log_level most, bool journal)
{
	atomic_store(&most_level, (int)most);
	atomic_store(&for_journal, journal);
}

bool
gaz_log_wants(enum gaz_log_level level)
{
	return (int)level <=
	    atomic_load_explicit(&most_level, memory_order_relaxed);
}

bool
gaz_log_level_find(struct gaz_str name, enum gaz_log_level *out)
{
	for (size_t i = 0; i < GAZ_COUNT(levels); i++) {
		if (gaz_str_eq_z(name, levels[i].name)) {
			*out = levels[i].level;
			return true;
		}
	}
	return false;
}

static const char *
level_name(enum gaz_log_level level)
{
	for (size_t i = 0; i < GAZ_COUNT(levels); i++) {
		if (levels[i].level == level)
			return levels[i].name;
	}
	return "?";
}

/* Moves the cursor, breaks the line or turns the direction of text. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	    c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

const char *
gaz_log_safe(struct gaz_str s, char *out, size_t cap)
{
	static const char digits[] = "0123456789abcdef";
	size_t pos = 0, n = 0;

	if (cap == 0)
		return out;
	while (pos < s.len) {
		size_t start = pos;
		uint32_t c = gaz_utf8_next(s, &pos);
		size_t len = pos - start;
		bool bad = is_unsafe(c) || (c == 0xfffd &&
		    !gaz_utf8_is_valid(gaz_str_make(s.p + start, len)));

		if ((bad ? 4 * len : len) > cap - 1 - n)
			break;
		if (!bad) {
			memcpy(out + n, s.p + start, len);
			n += len;
			continue;
		}
		for (size_t i = start; i < pos; i++) {
			unsigned char b = (unsigned char)s.p[i];
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = digits[b >> 4];
			out[n++] = digits[b & 15];
		}
	}
	out[n] = '\0';
	return out;
}

void
gaz_log(enum gaz_log_level level, const char *module, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
	char when[GAZ_UTC_TEXT_MAX];
	va_list ap;
	int n;

	if (!gaz_log_wants(level))
		return;
	int saved = errno; /* callers may log before they use it */
	if (atomic_load_explicit(&for_journal, memory_order_relaxed))
		n = snprintf(line, sizeof(line), "<%d>%s: ", (int)level,
		    module);
	else
		n = snprintf(line, sizeof(line), "%s %s %s: ",
		    gaz_utc_rfc3339(gaz_clock_utc(), when), level_name(level),
		    module);
	if (n < 0 || (size_t)n >= sizeof(line) - 1)
		n = 0; /* a module's name is never that long */
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	size_t head = (size_t)n;
	gaz_log_safe(gaz_str_of(text), line + head, sizeof(line) - head - 1);
	size_t len = head + strlen(line + head);
	line[len++] = '\n';

	const char *p = line;
	while (len > 0) {
		ssize_t out = write(STDERR_FILENO, p, len);
		if (out == -1 && errno == EINTR)
			continue;
		if (out == -1)
			break; /* nowhere to tell */
		p += out;
		len -= (size_t)out;
	}
	errno = saved;
}

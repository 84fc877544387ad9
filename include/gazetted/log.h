#ifndef GAZETTED_LOG_H
#define GAZETTED_LOG_H

#include "gazetted/str.h"

/*
 * One event, one line, key=value fields, the module first. err: someone has
 * to act. warn: it went wrong and we carry on. notice: started, stopped,
 * reloaded. info: one line a fetch. debug: the rest. Any thread.
 */
enum gaz_log_level {
	GAZ_LOG_ERR = 3, /* the numbers of syslog(3) and sd-daemon(3) */
	GAZ_LOG_WARN = 4,
	GAZ_LOG_NOTICE = 5,
	GAZ_LOG_INFO = 6,
	GAZ_LOG_DEBUG = 7,
};

/*
 * Lines go to standard error, with "<N>" in front for the journal when journal
 * is true, else with the time and the level; a long one is cut. The default
 * level is NOTICE. May be called again at any time.
 */
void gaz_log_setup(enum gaz_log_level most, bool journal);
bool gaz_log_wants(enum gaz_log_level level);
/* err, warn, notice, info, debug; also error, warning. */
bool gaz_log_level_find(struct gaz_str name, enum gaz_log_level *out);

/* The finished line is made safe as by gaz_log_safe; errno is kept. */
void gaz_log(enum gaz_log_level level, const char *module, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * Text from outside for a log field or a terminal: C0, C1 and bidirectional
 * control characters and ill-formed bytes become \xNN a byte. Cut at a whole
 * character to what out has room for: cap bytes with the NUL. Returns out.
 */
const char *gaz_log_safe(struct gaz_str s, char *out, size_t cap);

#endif

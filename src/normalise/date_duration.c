#include "config.h"

#include "gazetted/date.h"

#include "gazetted/mem.h"

#define DAY_S 86400

/* "PT1H2M3S" (ISO 8601); days at most. */
static int64_t
parse_iso_duration(struct gaz_str s)
{
	static const struct {
		char letter;
		int64_t seconds;
	} parts[] = { { 'D', DAY_S }, { 'H', 3600 }, { 'M', 60 }, { 'S', 1 } };
	int64_t total = 0;
	size_t next = 0, pos = 1;
	bool any = false;

	while (pos < s.len) {
		int64_t value = 0;
		size_t digits = 0;

		if (s.p[pos] == 'T' || s.p[pos] == 't') {
			pos++;
			next = next < 1 ? 1 : next;
			continue;
		}
		while (pos < s.len && gaz_is_digit(s.p[pos]) && digits < 9) {
			value = value * 10 + (s.p[pos++] - '0');
			digits++;
		}
		if (pos < s.len && s.p[pos] == '.') {
			pos++;
			while (pos < s.len && gaz_is_digit(s.p[pos]))
				pos++;
		}
		if (digits == 0 || pos == s.len)
			return INT64_MIN;
		while (
		    next < GAZ_COUNT(parts) &&
		    gaz_to_lower(s.p[pos]) != gaz_to_lower(parts[next].letter))
			next++;
		if (next == GAZ_COUNT(parts))
			return INT64_MIN;
		total += value * parts[next++].seconds;
		pos++;
		any = true;
	}
	return any ? total : INT64_MIN;
}

int64_t
gaz_duration_parse(struct gaz_str s)
{
	struct gaz_str rest = gaz_str_trim(s), piece;
	int64_t total = 0;
	size_t count = 0;

	if (rest.len == 0)
		return INT64_MIN;
	if (rest.p[0] == 'P' || rest.p[0] == 'p')
		return parse_iso_duration(rest);
	while (gaz_str_split(&rest, ':', &piece)) {
		size_t dot;
		int64_t value = 0;

		piece = gaz_str_trim(piece);
		dot = gaz_str_find_char(piece, '.', 0);
		if (dot != GAZ_STR_NPOS) {
			for (size_t i = dot + 1; i < piece.len; i++) {
				if (!gaz_is_digit(piece.p[i]))
					return INT64_MIN;
			}
			piece.len = dot;
		}
		if (++count > 3 || piece.len > 9 ||
		    (piece.len == 0 && (dot == GAZ_STR_NPOS || rest.p != NULL)))
			return INT64_MIN;
		for (size_t i = 0; i < piece.len; i++) {
			if (!gaz_is_digit(piece.p[i]))
				return INT64_MIN;
			value = value * 10 + (piece.p[i] - '0');
		}
		total = total * 60 + value;
	}
	return total;
}

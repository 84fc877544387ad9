# Rules of the house that a script can hold; see the head of each.
dist_check_SCRIPTS += \
	tests/lint/banned \
	tests/lint/headers \
	tests/lint/layers \
	tests/lint/lexicon \
	tests/lint/selftest \
	tests/lint/words
EXTRA_DIST += src/layers.txt tests/lint/strip.awk

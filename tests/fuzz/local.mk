# Fuzz targets. Each is tests/fuzz/fuzz_NAME.c with a corpus of small files in
# tests/fuzz/corpus/NAME. They are plain programs that replay the corpus in
# make check; configured with --enable-fuzzing CC=clang they are run by hand:
#     make fuzz SECONDS=60
#     make fuzz SECONDS=600 FUZZ_TARGETS="tests/fuzz/fuzz_html"
# What breaks something goes into the corpus with its fix. Words that an engine
# would not find by itself stand in tests/fuzz/dict/NAME.
if FUZZING
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
EXTRA_PROGRAMS += $(fuzz_targets)
else
fuzz_driver = tests/fuzz/driver.c tests/fuzz/fuzz.h
fuzz_ldflags = $(AM_LDFLAGS)
check_PROGRAMS += $(fuzz_targets)
endif
EXTRA_DIST += tests/fuzz/corpus tests/unit/html_check.h

fuzz_targets = tests/fuzz/fuzz_charset
tests_fuzz_fuzz_charset_SOURCES = tests/fuzz/fuzz_charset.c $(fuzz_driver)
tests_fuzz_fuzz_charset_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(fuzz_driver)
tests_fuzz_fuzz_config_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_html
tests_fuzz_fuzz_html_SOURCES = tests/fuzz/fuzz_html.c $(fuzz_driver)
tests_fuzz_fuzz_html_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_request
tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz_request.c $(fuzz_driver)
tests_fuzz_fuzz_request_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_url
tests_fuzz_fuzz_url_SOURCES = tests/fuzz/fuzz_url.c $(fuzz_driver)
tests_fuzz_fuzz_url_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_head
tests_fuzz_fuzz_head_SOURCES = tests/fuzz/fuzz_head.c $(fuzz_driver)
tests_fuzz_fuzz_head_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_redirect
tests_fuzz_fuzz_redirect_SOURCES = tests/fuzz/fuzz_redirect.c $(fuzz_driver)
tests_fuzz_fuzz_redirect_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_date
tests_fuzz_fuzz_date_SOURCES = tests/fuzz/fuzz_date.c $(fuzz_driver)
tests_fuzz_fuzz_date_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_feed
tests_fuzz_fuzz_feed_SOURCES = tests/fuzz/fuzz_feed.c $(fuzz_driver)
tests_fuzz_fuzz_feed_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_driver)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_embedding
tests_fuzz_fuzz_embedding_SOURCES = tests/fuzz/fuzz_embedding.c \
	src/daemon/embedding.c $(fuzz_driver)
tests_fuzz_fuzz_embedding_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_websub
tests_fuzz_fuzz_websub_SOURCES = tests/fuzz/fuzz_websub.c \
	src/daemon/websub_form.c $(fuzz_driver)
tests_fuzz_fuzz_websub_LDFLAGS = $(fuzz_ldflags)
fuzz_targets += tests/fuzz/fuzz_text
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c $(fuzz_driver)
tests_fuzz_fuzz_text_LDFLAGS = $(fuzz_ldflags)

fuzz_targets += tests/fuzz/fuzz_message
tests_fuzz_fuzz_message_SOURCES = tests/fuzz/fuzz_message.c \
	src/daemon/message.c $(fuzz_driver)
tests_fuzz_fuzz_message_LDFLAGS = $(fuzz_ldflags)

# Each target for so many seconds, in turn, from a folder of the build, the
# words of tests/fuzz/dict at hand. Ends with what each of them did; what
# breaks something is left in fuzz/NAME.broken.
SECONDS = 60
FUZZ_TARGETS = $(fuzz_targets)
fuzz: $(fuzz_targets)
if FUZZING
	@srcdir='$(srcdir)' seconds='$(SECONDS)' \
		$(SHELL) $(srcdir)/tests/fuzz/run $(FUZZ_TARGETS)
else
	@echo "make fuzz: configure with --enable-fuzzing CC=clang" \
		"(and --with-sanitizer=address,undefined)" >&2; exit 1
endif
.PHONY: fuzz
EXTRA_DIST += tests/fuzz/dict tests/fuzz/run

libgazetted_a_SOURCES += \
	include/gazetted/parse.h \
	src/parse/atom.c \
	src/parse/builder.c src/parse/builder.h \
	src/parse/capture.c \
	src/parse/cdf.c \
	src/parse/digest.c \
	src/parse/discover.c \
	src/parse/fields.c \
	src/parse/finish.c src/parse/finish.h \
	src/parse/jsonfeed.c src/parse/jsonfeed.h \
	src/parse/lenient.c \
	src/parse/lists.c \
	src/parse/ns.c \
	src/parse/ns_content.c \
	src/parse/ns_dc.c \
	src/parse/ns_itunes.c \
	src/parse/ns_media.c \
	src/parse/ns_podcast.c \
	src/parse/ns_small.c \
	src/parse/opml.c \
	src/parse/parse.c \
	src/parse/rss.c \
	src/parse/sax.c \
	src/parse/sniff.c \
	src/parse/text.c src/parse/text.h \
	src/parse/write.c \
	src/parse/xml.c src/parse/xml.h
unit_tests += \
	tests/unit/test_digest \
	tests/unit/test_discover \
	tests/unit/test_opml \
	tests/unit/test_parse \
	tests/unit/test_parse_rare \
	tests/unit/test_parse_text \
	tests/unit/test_xml
EXTRA_DIST += tests/fixtures/parse

# A namespace is a file of this name, and nothing else: the list that ns.c includes
# is made of these names.
parse_namespaces = \
	src/parse/ns_admin.c \
	src/parse/ns_cc.c \
	src/parse/ns_content.c \
	src/parse/ns_dc.c \
	src/parse/ns_dcterms.c \
	src/parse/ns_feedburner.c \
	src/parse/ns_geo.c \
	src/parse/ns_georss.c \
	src/parse/ns_gml.c \
	src/parse/ns_itunes.c \
	src/parse/ns_media.c \
	src/parse/ns_podcast.c \
	src/parse/ns_psc.c \
	src/parse/ns_slash.c \
	src/parse/ns_sy.c \
	src/parse/ns_thr.c \
	src/parse/ns_wfw.c \
	src/parse/ns_xhtml.c
libgazetted_a_SOURCES += \
	include/gazetted/parse.h \
	src/parse/atom.c \
	src/parse/builder.c src/parse/builder.h \
	src/parse/capture.c \
	src/parse/cdf.c \
	src/parse/compact.c \
	src/parse/digest.c src/parse/digest.h \
	src/parse/digest_item.c src/parse/digest_item.h \
	src/parse/digest_text.c \
	src/parse/discover.c src/parse/discover.h \
	src/parse/fields.c \
	src/parse/finish.c src/parse/finish.h \
	src/parse/json.c src/parse/json.h \
	src/parse/jsonfeed.c src/parse/jsonfeed.h \
	src/parse/lenient.c \
	src/parse/lists.c \
	src/parse/mend.c \
	src/parse/ns.c \
	src/parse/opml.c \
	src/parse/parse.c \
	src/parse/rss.c \
	src/parse/sax.c \
	src/parse/skim.c src/parse/skim.h \
	src/parse/sniff.c \
	src/parse/text.c src/parse/text.h \
	src/parse/write.c \
	src/parse/xml.c src/parse/xml.h
libgazetted_a_SOURCES += $(parse_namespaces)
src/parse/ns_list.h: src/parse/local.mk
	$(AM_V_GEN)$(MKDIR_P) src/parse && for f in $(parse_namespaces); do \
		f=$${f##*/ns_}; echo "X($${f%.c})"; done >$@-t && mv $@-t $@
src/parse/ns.$(OBJEXT): src/parse/ns_list.h
CLEANFILES += src/parse/ns_list.h
unit_tests += \
	tests/unit/test_broken \
	tests/unit/test_broken_text \
	tests/unit/test_digest \
	tests/unit/test_discover \
	tests/unit/test_json_reader \
	tests/unit/test_mend \
	tests/unit/test_opml \
	tests/unit/test_parse \
	tests/unit/test_parse_rare \
	tests/unit/test_parse_text \
	tests/unit/test_persons \
	tests/unit/test_xml
EXTRA_DIST += tests/unit/broken.h tests/fixtures/broken tests/fixtures/mojibake tests/fixtures/parse

# make bench-parse: figures, also of the feeds in the folder that GAZ_REALFEEDS
# names, if it is set. Not in make check.
EXTRA_PROGRAMS += tests/bench/bench_parse
tests_bench_bench_parse_SOURCES = tests/bench/bench_parse.c \
	tests/bench/feeds.c tests/bench/feeds.h
bench-parse: tests/bench/bench_parse$(EXEEXT)
	tests/bench/bench_parse$(EXEEXT) \
		$${GAZ_REALFEEDS:+"$$GAZ_REALFEEDS"/*.*s* "$$GAZ_REALFEEDS"/*.atom}
.PHONY: bench-parse

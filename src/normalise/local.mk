libgazetted_a_SOURCES += \
	src/normalise/charset.c include/gazetted/charset.h \
	src/normalise/charset_label.c src/normalise/charset_label.h \
	src/normalise/charset_read.c src/normalise/charset_read.h \
	src/normalise/charset_utf8.c \
	src/normalise/date.c include/gazetted/date.h \
	src/normalise/date_duration.c \
	src/normalise/date_internal.h \
	src/normalise/date_text.c \
	src/normalise/date_time.c \
	src/normalise/html.c include/gazetted/html.h \
	src/normalise/html_attribute.c src/normalise/html_attribute.h \
	src/normalise/html_element.c src/normalise/html_element.h \
	src/normalise/html_fold.c src/normalise/html_fold.h \
	src/normalise/html_math.c src/normalise/html_math.h \
	src/normalise/html_math_line.c src/normalise/html_math_line.h \
	src/normalise/html_math_place.c \
	src/normalise/html_ref.c src/normalise/html_ref.h \
	src/normalise/html_stack.c src/normalise/html_stack.h \
	src/normalise/html_text.c \
	src/normalise/html_token.c src/normalise/html_token.h \
	src/normalise/html_tree.c src/normalise/html_tree.h \
	src/normalise/html_write.c src/normalise/html_write.h \
	src/normalise/lang.c include/gazetted/lang.h \
	src/normalise/lang_internal.h src/normalise/lang_tag.c \
	src/normalise/lang_model.h \
	src/normalise/text.c include/gazetted/text.h \
	src/normalise/url.c include/gazetted/url.h \
	src/normalise/url_canonical.c src/normalise/url_internal.h \
	src/normalise/url_tracking.c

unit_tests += \
	tests/unit/test_charset \
	tests/unit/test_date \
	tests/unit/test_html \
	tests/unit/test_html_math \
	tests/unit/test_html_token \
	tests/unit/test_lang \
	tests/unit/test_text \
	tests/unit/test_url

# make tests/bench/bench_html; not in make check.
EXTRA_PROGRAMS += tests/bench/bench_html
tests_bench_bench_html_SOURCES = tests/bench/bench_html.c

# Tables that people review stand in data/ and are turned into C here. Made
# only when the table changed, included by the one file that looks things up.
src/normalise/tracking_table.h: data/tracking.tsv src/normalise/tracking.awk
	$(AM_V_GEN)$(MKDIR_P) src/normalise && LC_ALL=C $(AWK) \
		-f $(top_srcdir)/src/normalise/tracking.awk \
		$(top_srcdir)/data/tracking.tsv >$@-t && mv $@-t $@
src/normalise/entities_table.h: data/entities.tsv src/normalise/entities.awk
	$(AM_V_GEN)$(MKDIR_P) src/normalise && LC_ALL=C $(AWK) \
		-f $(top_srcdir)/src/normalise/entities.awk \
		$(top_srcdir)/data/entities.tsv >$@-t && mv $@-t $@
src/normalise/url_tracking.$(OBJEXT): src/normalise/tracking_table.h
src/normalise/html_ref.$(OBJEXT): src/normalise/entities_table.h
CLEANFILES += src/normalise/tracking_table.h src/normalise/entities_table.h
EXTRA_DIST += \
	data/entities.tsv \
	data/tracking.tsv \
	src/normalise/entities.awk \
	src/normalise/tracking.awk
EXTRA_DIST += \
	tests/fixtures/charset/README \
	tests/fixtures/charset/big5.want \
	tests/fixtures/charset/big5.xml \
	tests/fixtures/charset/cp437.want \
	tests/fixtures/charset/cp437.xml \
	tests/fixtures/charset/cp866.want \
	tests/fixtures/charset/cp866.xml \
	tests/fixtures/charset/euc-jp.want \
	tests/fixtures/charset/euc-jp.xml \
	tests/fixtures/charset/euc-kr.want \
	tests/fixtures/charset/euc-kr.xml \
	tests/fixtures/charset/gb18030.want \
	tests/fixtures/charset/gb18030.xml \
	tests/fixtures/charset/gb2312.want \
	tests/fixtures/charset/gb2312.xml \
	tests/fixtures/charset/gbk.want \
	tests/fixtures/charset/gbk.xml \
	tests/fixtures/charset/greek.want \
	tests/fixtures/charset/greek.xml \
	tests/fixtures/charset/iso-2022-jp.want \
	tests/fixtures/charset/iso-2022-jp.xml \
	tests/fixtures/charset/koi8-r.want \
	tests/fixtures/charset/koi8-r.xml \
	tests/fixtures/charset/koi8-u.want \
	tests/fixtures/charset/koi8-u.xml \
	tests/fixtures/charset/latin1-quotes.want \
	tests/fixtures/charset/latin1-quotes.xml \
	tests/fixtures/charset/latin1.want \
	tests/fixtures/charset/latin1.xml \
	tests/fixtures/charset/latin10.want \
	tests/fixtures/charset/latin10.xml \
	tests/fixtures/charset/latin2.want \
	tests/fixtures/charset/latin2.xml \
	tests/fixtures/charset/latin9.want \
	tests/fixtures/charset/latin9.xml \
	tests/fixtures/charset/macintosh.want \
	tests/fixtures/charset/macintosh.xml \
	tests/fixtures/charset/shift_jis.want \
	tests/fixtures/charset/shift_jis.xml \
	tests/fixtures/charset/tis-620.want \
	tests/fixtures/charset/tis-620.xml \
	tests/fixtures/charset/utf-16be.want \
	tests/fixtures/charset/utf-16be.xml \
	tests/fixtures/charset/utf-16le.want \
	tests/fixtures/charset/utf-16le.xml \
	tests/fixtures/charset/utf-32be.want \
	tests/fixtures/charset/utf-32be.xml \
	tests/fixtures/charset/utf-32le.want \
	tests/fixtures/charset/utf-32le.xml \
	tests/fixtures/charset/utf-8.want \
	tests/fixtures/charset/utf-8.xml \
	tests/fixtures/charset/windows-1250.want \
	tests/fixtures/charset/windows-1250.xml \
	tests/fixtures/charset/windows-1251.want \
	tests/fixtures/charset/windows-1251.xml \
	tests/fixtures/charset/windows-1255.want \
	tests/fixtures/charset/windows-1255.xml \
	tests/fixtures/charset/windows-1256.want \
	tests/fixtures/charset/windows-1256.xml \
	tests/fixtures/date/table.tsv \
	tests/fixtures/html/README \
	tests/fixtures/html/code.html \
	tests/fixtures/html/code.want \
	tests/fixtures/html/cut.html \
	tests/fixtures/html/cut.want \
	tests/fixtures/html/languages.html \
	tests/fixtures/html/languages.want \
	tests/fixtures/html/math.html \
	tests/fixtures/html/math.want \
	tests/fixtures/html/media.html \
	tests/fixtures/html/media.want \
	tests/fixtures/html/page.html \
	tests/fixtures/html/page.want \
	tests/fixtures/html/tables.html \
	tests/fixtures/html/tables.want \
	tests/fixtures/html/unclosed.html \
	tests/fixtures/html/unclosed.want \
	tests/fixtures/html/word.html \
	tests/fixtures/html/word.want \
	tests/fixtures/html/wordpress.html \
	tests/fixtures/html/wordpress.want \
	tests/fixtures/html/xss.txt \
	tests/fixtures/url/redirectors.tsv

noinst_PROGRAMS += src/normalise/langc
src_normalise_langc_SOURCES = src/normalise/langc.c src/base/str.c
src_normalise_langc_LDADD = -lm
src/normalise/lang_table.h: src/normalise/langc$(EXEEXT) \
		data/lang/words.tsv
	$(AM_V_GEN)src/normalise/langc$(EXEEXT) \
		$(top_srcdir)/data/lang/words.tsv >$@-t && mv $@-t $@
src/normalise/lang.$(OBJEXT): src/normalise/lang_table.h
CLEANFILES += src/normalise/lang_table.h
EXTRA_DIST += data/lang/words.tsv \
	tests/fixtures/lang/headlines.tsv \
	tests/fixtures/lang/kept-headlines.tsv \
	tests/fixtures/lang/kept-texts.tsv \
	tests/fixtures/lang/others.tsv \
	tests/fixtures/lang/texts.tsv

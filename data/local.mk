EXTRA_DIST += data/months.tsv data/months.awk
BUILT_SOURCES += data/months.inc
CLEANFILES += data/months.inc

# Tables that people review, as initialisers of C.
data/months.inc: data/months.tsv data/months.awk
	$(AM_V_GEN)$(MKDIR_P) data && \
	LC_ALL=C $(AWK) -f $(srcdir)/data/months.awk \
		$(srcdir)/data/months.tsv > $@.tmp && mv $@.tmp $@
src/normalise/date_text.$(OBJEXT): data/months.inc

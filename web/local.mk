# What the pages are made of, compiled in.
web_files = \
	$(srcdir)/web/icon.svg \
	$(srcdir)/web/page.html \
	$(srcdir)/web/script.js \
	$(srcdir)/web/style.css

EXTRA_DIST += scripts/embed web/icon.svg web/page.html web/script.js \
	web/style.css
BUILT_SOURCES += web/files.inc
CLEANFILES += web/files.inc

web/files.inc: scripts/embed $(web_files)
	$(AM_V_GEN)$(MKDIR_P) web && \
	$(SHELL) $(srcdir)/scripts/embed $(web_files) > $@.tmp && mv $@.tmp $@
src/export/assets.$(OBJEXT): web/files.inc

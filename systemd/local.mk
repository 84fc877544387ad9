# The unit knows where the program is installed; sed instead of configure, so
# that "make bindir=…" is right as well.
systemd/gazetted.service: systemd/gazetted.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd && \
	$(SED) -e 's|@bindir[@]|$(bindir)|g' \
		$(srcdir)/systemd/gazetted.service.in >$@.tmp && \
	mv $@.tmp $@

if INSTALL_UNIT
systemdsystemunit_DATA = systemd/gazetted.service
endif
dist_examples_DATA += systemd/strict-network.conf
CLEANFILES += systemd/gazetted.service
EXTRA_DIST += systemd/gazetted.service.in

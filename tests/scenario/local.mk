# The real daemon, run through its life.
dist_check_SCRIPTS += \
	tests/scenario/access \
	tests/scenario/adding \
	tests/scenario/again \
	tests/scenario/broken \
	tests/scenario/budget \
	tests/scenario/busy \
	tests/scenario/ctl \
	tests/scenario/daemon \
	tests/scenario/embeddings \
	tests/scenario/ending \
	tests/scenario/history \
	tests/scenario/hub \
	tests/scenario/icons \
	tests/scenario/inside \
	tests/scenario/lists \
	tests/scenario/manners \
	tests/scenario/moves \
	tests/scenario/network \
	tests/scenario/quiet \
	tests/scenario/scale \
	tests/scenario/threats \
	tests/scenario/websub
EXTRA_DIST += tests/scenario/cases tests/scenario/harness.py \
	tests/scenario/play.py tests/scenario/stage.py

# What the stage puts in front of the C library; only tests load it.
check_DATA += tests/scenario/stage.so
EXTRA_DIST += tests/scenario/stage.c
CLEANFILES += tests/scenario/stage.so
tests/scenario/stage.so: tests/scenario/stage.c
	$(AM_V_CC)$(MKDIR_P) tests/scenario && $(CC) -std=c11 -Wall -Wextra \
	    $(CPPFLAGS) -O1 -g -fPIC -shared -o $@ \
	    $(srcdir)/tests/scenario/stage.c $(LDFLAGS) -ldl

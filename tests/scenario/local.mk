# The real daemon, run through its life.
dist_check_SCRIPTS += \
	tests/scenario/again \
	tests/scenario/budget \
	tests/scenario/ctl \
	tests/scenario/daemon \
	tests/scenario/embeddings \
	tests/scenario/inside \
	tests/scenario/manners \
	tests/scenario/network \
	tests/scenario/threats
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

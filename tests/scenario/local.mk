# The real daemon, run through its life.
dist_check_SCRIPTS += \
	tests/scenario/again \
	tests/scenario/budget \
	tests/scenario/ctl \
	tests/scenario/daemon \
	tests/scenario/embeddings \
	tests/scenario/hub \
	tests/scenario/network \
	tests/scenario/websub
EXTRA_DIST += tests/scenario/cases tests/scenario/harness.py

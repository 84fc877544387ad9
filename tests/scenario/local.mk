# The real daemon, run through its life.
dist_check_SCRIPTS += \
	tests/scenario/access \
	tests/scenario/adding \
	tests/scenario/again \
	tests/scenario/broken \
	tests/scenario/budget \
	tests/scenario/ctl \
	tests/scenario/daemon \
	tests/scenario/embeddings \
	tests/scenario/history \
	tests/scenario/hub \
	tests/scenario/icons \
	tests/scenario/lists \
	tests/scenario/moves \
	tests/scenario/network \
	tests/scenario/websub
EXTRA_DIST += tests/scenario/cases tests/scenario/harness.py

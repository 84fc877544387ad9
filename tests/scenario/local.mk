# The real daemon, run through its life.
dist_check_SCRIPTS += tests/scenario/daemon
EXTRA_DIST += tests/scenario/harness.py

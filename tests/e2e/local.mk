# The programs and what is installed beside them, from outside.
dist_check_SCRIPTS += \
	tests/e2e/browser \
	tests/e2e/check-config \
	tests/e2e/conformance \
	tests/e2e/demo \
	tests/e2e/manual \
	tests/e2e/parse \
	tests/e2e/unit
EXTRA_DIST += tests/e2e/browser.py tests/e2e/demo.py
noinst_PROGRAMS += tests/e2e/clean_frames

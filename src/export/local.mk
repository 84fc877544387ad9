libgazetted_a_SOURCES += \
	include/gazetted/api.h src/export/api.c \
	include/gazetted/export.h src/export/export.h \
	src/export/assets.c \
	src/export/atom.c \
	src/export/common.c \
	src/export/extra.c \
	src/export/html.c src/export/html.h \
	src/export/html_feeds.c \
	src/export/html_parts.c \
	src/export/html_story.c \
	src/export/json.c \
	src/export/opml.c \
	src/export/rss.c \
	src/export/template.c
unit_tests += tests/unit/test_export
tests_unit_test_export_SOURCES = \
	tests/unit/test_export.c \
	tests/e2e/sample_view.c tests/e2e/sample_view.h

# Sample views in every format, and what others say of them.
noinst_PROGRAMS += tests/e2e/render_view
tests_e2e_render_view_SOURCES = \
	tests/e2e/render_view.c \
	tests/e2e/sample_view.c tests/e2e/sample_view.h
dist_check_SCRIPTS += \
	tests/e2e/validate-atom \
	tests/e2e/validate-readers \
	tests/e2e/validate-shape
EXTRA_DIST += \
	tests/e2e/readers.py \
	tests/e2e/shape.py \
	tests/fixtures/schema/atom.rng

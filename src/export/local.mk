libgazetted_a_SOURCES += \
	include/gazetted/api.h src/export/api.c \
	include/gazetted/export.h src/export/export.h \
	src/export/assets.c \
	src/export/atom.c \
	src/export/common.c \
	src/export/html.c src/export/html.h \
	src/export/html_feeds.c \
	src/export/html_parts.c \
	src/export/html_story.c \
	src/export/json.c \
	src/export/opml.c \
	src/export/rss.c \
	src/export/template.c

bin_PROGRAMS += gazettectl
gazettectl_SOURCES = \
	src/ctl/add.c \
	src/ctl/backup.c \
	src/ctl/check_config.c \
	src/ctl/check_store.c \
	src/ctl/client.c src/ctl/client.h \
	src/ctl/cluster.c \
	src/ctl/ctl.h \
	src/ctl/evidence.c src/ctl/evidence.h \
	src/ctl/explain.c \
	src/ctl/export.c \
	src/ctl/feeds.c \
	src/ctl/fetch.c \
	src/ctl/import.c \
	src/ctl/items.c \
	src/ctl/list.c src/ctl/list.h \
	src/ctl/main.c \
	src/ctl/options.c src/ctl/options.h \
	src/ctl/parse.c \
	src/ctl/print.c src/ctl/print.h \
	src/ctl/prune.c \
	src/ctl/reach.c src/ctl/reach.h \
	src/ctl/reload.c \
	src/ctl/remove.c \
	src/ctl/restore.c \
	src/ctl/search.c \
	src/ctl/status.c \
	src/ctl/stories.c \
	src/ctl/story.c \
	src/ctl/table.c src/ctl/table.h \
	src/ctl/tail.c \
	src/ctl/text.c src/ctl/text.h \
	src/ctl/walk.c \
	src/ctl/why.c \
	src/daemon/describe.c src/daemon/describe.h \
	src/daemon/labels.c \
	src/daemon/render.c src/daemon/render.h
gazettectl_LDADD = libgazetted.a $(GAZ_LIBS)

unit_tests += \
	tests/unit/test_ctl_options \
	tests/unit/test_ctl_table \
	tests/unit/test_ctl_text
tests_unit_test_ctl_options_SOURCES = tests/unit/test_ctl_options.c \
	src/ctl/options.c
tests_unit_test_ctl_table_SOURCES = tests/unit/test_ctl_table.c \
	src/ctl/table.c src/ctl/text.c
tests_unit_test_ctl_text_SOURCES = tests/unit/test_ctl_text.c src/ctl/text.c

bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = data/completions/gazettectl
zshcompdir = $(datadir)/zsh/site-functions
dist_zshcomp_DATA = data/completions/_gazettectl
dist_check_SCRIPTS += tests/e2e/completion

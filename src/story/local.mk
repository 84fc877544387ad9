unit_tests += tests/unit/test_story_features tests/unit/test_story_index \
	tests/unit/test_story_title
libgazetted_a_SOURCES += include/gazetted/story.h \
	src/story/add.c \
	src/story/blob.h src/story/blob.c \
	src/story/day.c \
	src/story/decide.c \
	src/story/dense.c \
	src/story/embed.c \
	src/story/evidence.c \
	src/story/extract.h src/story/features.c \
	src/story/fold.h src/story/fold.c \
	src/story/index.h src/story/index.c \
	src/story/intake.c \
	src/story/item.h src/story/score.c \
	src/story/lexicon.h src/story/lexicon.c \
	src/story/lookup.c \
	src/story/marks.c \
	src/story/number.h src/story/number.c \
	src/story/repair.c \
	src/story/search.c \
	src/story/stem.c \
	src/story/terms.h src/story/terms.c \
	src/story/title.c \
	src/story/token.h src/story/token.c \
	src/story/weights.h src/story/weights.c \
	src/story/words.h src/story/words.c
nodist_libgazetted_a_SOURCES = src/story/lexicon_data.c
CLEANFILES += src/story/lexicon_data.c

# The lexicon is folded at build time by the code that folds the news.
gaz_lexicon = \
	$(srcdir)/data/lexicon/stop.tsv \
	$(srcdir)/data/lexicon/roundup.tsv \
	$(srcdir)/data/lexicon/time.tsv \
	$(srcdir)/data/lexicon/institutions.tsv \
	$(srcdir)/data/lexicon/people.tsv \
	$(srcdir)/data/lexicon/places.tsv \
	$(srcdir)/data/lexicon/news.tsv \
	$(srcdir)/data/lexicon/politics.tsv \
	$(srcdir)/data/lexicon/justice.tsv \
	$(srcdir)/data/lexicon/war.tsv \
	$(srcdir)/data/lexicon/economy.tsv \
	$(srcdir)/data/lexicon/disasters.tsv \
	$(srcdir)/data/lexicon/science.tsv \
	$(srcdir)/data/lexicon/sport.tsv \
	$(srcdir)/data/lexicon/society.tsv \
	$(srcdir)/data/lexicon/culture.tsv \
	$(srcdir)/data/lexicon/general.tsv \
	$(srcdir)/data/lexicon/nature.tsv \
	$(srcdir)/data/lexicon/people-roles.tsv \
	$(srcdir)/data/lexicon/objects.tsv \
	$(srcdir)/data/lexicon/affairs.tsv \
	$(srcdir)/data/lexicon/technology.tsv \
	$(srcdir)/data/lexicon/leisure.tsv \
	$(srcdir)/data/lexicon/people-general.tsv \
	$(srcdir)/data/lexicon/more.tsv \
	$(srcdir)/data/lexicon/organisations.tsv \
	$(srcdir)/data/lexicon/figures.tsv \
	$(srcdir)/data/lexicon/places-europe.tsv \
	$(srcdir)/data/lexicon/places-americas.tsv \
	$(srcdir)/data/lexicon/places-asia-africa.tsv \
	$(srcdir)/data/lexicon/lang-ko.tsv \
	$(srcdir)/data/lexicon/lang-tr.tsv \
	$(srcdir)/data/lexicon/lang-sv.tsv \
	$(srcdir)/data/lexicon/lang-cs.tsv \
	$(srcdir)/data/lexicon/lang-id.tsv \
	$(srcdir)/data/lexicon/lang-da.tsv \
	$(srcdir)/data/lexicon/lang-hi.tsv \
	$(srcdir)/data/lexicon/lang-fi.tsv \
	$(srcdir)/data/lexicon/lang-hu.tsv \
	$(srcdir)/data/lexicon/lang-ro.tsv \
	$(srcdir)/data/lexicon/lang-el.tsv \
	$(srcdir)/data/lexicon/lang-uk.tsv
EXTRA_DIST += $(gaz_lexicon)
noinst_PROGRAMS += src/story/lexc
src_story_lexc_SOURCES = src/story/lexc.c src/story/fold.c src/story/fold.h \
	src/story/lexicon.h src/base/str.c src/base/mem.c
src_story_lexc_LDADD = $(ICU_LIBS)
src/story/lexicon_data.c: src/story/lexc$(EXEEXT) $(gaz_lexicon)
	$(AM_V_GEN)src/story/lexc$(EXEEXT) $(gaz_lexicon) >$@.tmp && \
	mv $@.tmp $@

# make tests/bench/tune_story, tests/bench/bench_story; not in make check.
EXTRA_PROGRAMS += tests/bench/tune_story
tests_bench_tune_story_SOURCES = tests/bench/tune_story.c
EXTRA_PROGRAMS += tests/bench/bench_story
tests_bench_bench_story_SOURCES = tests/bench/bench_story.c

# make tune: learn the weights anew, from our own labelled sets and those in
# the folder that GAZ_STORIES names, if it is set. make bench-stories: figures.
tune: tests/bench/tune_story$(EXEEXT)
	$(srcdir)/scripts/tune $(TUNE) . $(gaz_labelled) \
		$${GAZ_STORIES:+"$$GAZ_STORIES"/*.jsonl}
bench-stories: tests/bench/bench_story$(EXEEXT)
	tests/bench/bench_story$(EXEEXT) 100000
	tests/bench/bench_story$(EXEEXT) 1000000
.PHONY: tune bench-stories
gaz_labelled = \
	$(srcdir)/tests/fixtures/stories/demo.jsonl \
	$(srcdir)/tests/fixtures/stories/events.jsonl \
	$(srcdir)/tests/fixtures/stories/world.jsonl \
	$(srcdir)/tests/fixtures/stories/world2.jsonl

EXTRA_DIST += $(gaz_labelled) tests/fixtures/stories/README
dist_check_SCRIPTS += tests/e2e/stories

bin_PROGRAMS += gazettectl
gazettectl_SOURCES = \
	src/ctl/main.c src/ctl/check_config.c src/ctl/cluster.c \
	src/ctl/parse.c src/ctl/ctl.h
gazettectl_LDADD = libgazetted.a $(GAZ_LIBS)

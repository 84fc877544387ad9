bin_PROGRAMS += gazettectl
gazettectl_SOURCES = src/ctl/main.c
gazettectl_LDADD = libgazetted.a $(GAZ_LIBS)

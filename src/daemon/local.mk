bin_PROGRAMS += gazetted
gazetted_SOURCES = src/daemon/main.c
gazetted_LDADD = libgazetted.a $(GAZ_LIBS)

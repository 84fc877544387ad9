libgazetted_a_SOURCES += \
	src/parse/digest.c \
	src/parse/write.c

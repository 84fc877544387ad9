libgazetted_a_SOURCES +=

#ifndef GAZETTED_FETCH_GUNZIP_H
#define GAZETTED_FETCH_GUNZIP_H

#include "gazetted/buf.h"

enum gaz_gunzip {
	GAZ_GUNZIP_PLAIN,  /* it was not gzip; untouched */
	GAZ_GUNZIP_DONE,
	GAZ_GUNZIP_BROKEN,
	GAZ_GUNZIP_LARGE,  /* more than body->max */
};

/*
 * Some servers send a .gz file, or a page packed by a script, without saying
 * so in Content-Encoding. Unpack it in place. Pure.
 */
enum gaz_gunzip gaz_gunzip(struct gaz_buf *body)
    __attribute__((warn_unused_result));

#endif

#ifndef GAZETTED_DAEMON_ICONS_H
#define GAZETTED_DAEMON_ICONS_H

#include "app.h"

/*
 * Icons of the outlets' sites, for the page and the API. Once in
 * GAZ_ICON_INTERVAL_S a host is asked for what its feed names as an icon, and
 * if that is none for /favicon.ico: two requests at the most, one host at a
 * time, by the way of all errands. Nothing depends on how it ends. Loop only.
 */
/* Look whether any is due, unless that is under way. */
void gaz_icons_run(struct gaz_app *app);
/* GET /icon/HASH */
void gaz_icons_serve(struct gaz_app *app, struct gaz_http_request *req);
void gaz_icons_free(struct gaz_app *app);

/* ---- icon_type.c: pure */
/*
 * The media type of an image that a browser may be given, by its first bytes,
 * whatever a server calls it: PNG, ICO, JPEG, GIF, WebP. NULL for all else; SVG
 * is a document, and may hold scripts.
 */
const char *gaz_icon_type(struct gaz_str bytes);
/* "host" or "host:port" of an http(s) address, lower-case; absent else. */
struct gaz_str gaz_icon_host(struct gaz_arena *a, struct gaz_str url);

#endif

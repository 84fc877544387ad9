/* OPML 2.0: the subscriptions, as other programs import them. */
#include "config.h"

#include "export.h"

#include "gazetted/map.h"

/* The feeds of one first tag, in the order of the view. */
struct folder {
	struct gaz_str name; /* "": those without a tag */
	GAZ_LIST(const struct gaz_view_feed *) feeds;
};

/*
 * "category" is a list of paths: commas part it and slashes go down, so that
 * neither can be part of a name.
 */
static void
put_category(struct gaz_buf *out, const gaz_str_list *tags)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < tags->n; i++) {
		if (b.len > 0)
			gaz_buf_put_char(&b, ',');
		gaz_buf_put_char(&b, '/');
		for (size_t k = 0; k < tags->v[i].len; k++) {
			char c = tags->v[i].p[k];
			gaz_buf_put_char(&b, c == ',' || c == '/' ? ' ' : c);
		}
	}
	export_put_attr(out, "category", gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

static void
put_feed(const struct gaz_view_feed *f, int tabs, struct gaz_buf *out)
{
	struct gaz_str title = f->title.len > 0 ? f->title : f->name;

	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_z(out, "<outline type=\"rss\"");
	export_put_attr(out, "text", title.len > 0 ? title : f->url);
	export_put_attr(out, "title", title);
	export_put_url_attr(out, "xmlUrl", f->url);
	if (export_is_link(f->site_url))
		export_put_url_attr(out, "htmlUrl", f->site_url);
	export_put_attr(out, "language", export_language(f->language));
	put_category(out, &f->tags);
	if (!f->enabled)
		gaz_buf_put_z(out, " isComment=\"true\"");
	gaz_buf_put_z(out, "/>\n");
}

static void
put_folder(const struct folder *folder, struct gaz_buf *out)
{
	bool named = folder->name.len > 0;

	if (named) {
		gaz_buf_put_z(out, "\t\t<outline");
		export_put_attr(out, "text", folder->name);
		gaz_buf_put_z(out, ">\n");
	}
	for (size_t i = 0; i < folder->feeds.n; i++)
		put_feed(folder->feeds.v[i], named ? 3 : 2, out);
	if (named)
		gaz_buf_put_z(out, "\t\t</outline>\n");
}

/* Folders in the order in which their first feeds come. */
static void
put_feeds(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_map *folders = gaz_map_new();
	struct gaz_arena a = { 0 };
	struct gaz_str key;
	void *value;
	size_t pos = 0;

	for (size_t i = 0; i < v->feeds.n; i++) {
		const struct gaz_view_feed *f = &v->feeds.v[i];
		if (!export_is_link(f->url))
			continue; /* a document of this machine */
		struct gaz_str name = f->tags.n > 0 ? f->tags.v[0]
		                                    : GAZ_STR("");
		struct folder *folder = gaz_map_find(folders, name);
		if (folder == NULL) {
			folder = gaz_arena_alloc(&a, sizeof(*folder));
			folder->name = name;
			gaz_map_put(folders, name, folder);
		}
		*gaz_list_push(&a, &folder->feeds) = f;
	}
	while (gaz_map_next(folders, &pos, &key, &value))
		put_folder(value, out);
	gaz_map_free(folders);
	gaz_arena_clear(&a);
}

void
gaz_export_opml(const struct gaz_view *v, struct gaz_buf *out)
{
	gaz_buf_put_z(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<opml version=\"2.0\">\n\t<head>\n");
	/* no dates: they would change with every fetch */
	export_put_element(out, 2, "title", v->title.len > 0 ? v->title
	    : GAZ_STR("Subscriptions"));
	gaz_buf_put_z(out,
	    "\t\t<docs>http://opml.org/spec2.opml</docs>\n"
	    "\t</head>\n\t<body>\n");
	put_feeds(v, out);
	gaz_buf_put_z(out, "\t</body>\n</opml>\n");
}

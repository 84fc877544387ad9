/* What pages load, compiled in from web/. */
#include "config.h"

#include "html.h"

#include <stdio.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

#include "web/files.inc"

/* The array without the NUL behind it. */
#define EMBEDDED(name) \
	{ (const char *)embedded_##name, sizeof(embedded_##name) - 1 }

static const struct gaz_str page = EMBEDDED(page_html);

static const struct gaz_asset assets[] = {
	{ "style.css", "text/css; charset=utf-8", EMBEDDED(style_css) },
	{ "script.js", "text/javascript; charset=utf-8", EMBEDDED(script_js) },
	{ "icon.svg", "image/svg+xml", EMBEDDED(icon_svg) },
};

const struct gaz_asset *
gaz_export_asset(struct gaz_str name)
{
	for (size_t i = 0; i < GAZ_COUNT(assets); i++) {
		if (gaz_str_eq_z(name, assets[i].name))
			return &assets[i];
	}
	return NULL;
}

struct gaz_str
asset_page(void)
{
	return page;
}

struct gaz_str
asset_style(void)
{
	return assets[0].bytes;
}

void
asset_version(char out[17])
{
	uint64_t h = 0;

	for (size_t i = 0; i < GAZ_COUNT(assets); i++)
		h = gaz_hash_mix(h, gaz_hash_str(assets[i].bytes));
	snprintf(out, 17, "%016llx", (unsigned long long)h);
}

#include "config.h"

#include "sample_view.h"

#include <stdio.h>

#include "gazetted/mem.h"

/* 2025-09-05T06:00:00Z */
#define NOON 1757052000

struct report {
	const char *outlet, *site, *language, *title;
	int minutes; /* before NOON */
	bool copy;
};

struct event {
	const char *headline, *summary, *language, *tag;
	struct report reports[16];
};

static const struct event events[] = {
	{ "Trump hosts tech leaders for White House dinner, Musk not among "
	  "the guests",
	    "Heads of the largest technology companies praised the president "
	    "and spoke of the billions they mean to invest at a dinner in the "
	    "State Dining Room, which was to have been held in the newly paved "
	    "Rose Garden.", "en", "technology",
	    { { "The Potomac Courier", "potomac.example", "en",
	        "Trump hosts tech leaders for White House dinner, Musk not "
	        "among the guests", 410, false },
	      { "Le Quotidien", "quotidien.example", "fr",
	        "Trump réunit les géants de la tech à la Maison Blanche, sans "
	        "Musk", 395, false },
	      { "Rheinischer Bote", "rheinbote.example", "de",
	        "Trump empfängt Tech-Bosse zum Dinner – Musk fehlt", 380,
	        false },
	      { "Diario del Sur", "diariosur.example", "es",
	        "Trump cena con los magnates tecnológicos; Musk, el gran "
	        "ausente", 371, false },
	      { "صحيفة الأفق", "alofoq.example", "ar",
	        "ترامب يستضيف قادة شركات التكنولوجيا في البيت الأبيض من دون "
	        "ماسك", 360, false },
	      { "העיתון", "haiton.example", "he",
	        "טראמפ אירח את ראשי ענקיות הטכנולוגיה בבית הלבן, מאסק לא הוזמן",
	        344, false },
	      { "东方晚报", "dongfang.example", "zh",
	        "特朗普在白宫宴请科技巨头，马斯克缺席", 330, false },
	      { "Вечерний листок", "listok.example", "ru",
	        "Трамп собрал глав технологических компаний в Белом доме без "
	        "Маска", 322, false },
	      { "朝の便り", "tayori.example", "ja",
	        "トランプ氏、ＩＴ大手トップと夕食会 マスク氏は姿見せず", 310,
	        false },
	      { "Shoreline Times", "shoreline.example", "en-GB",
	        "Trump hosts tech leaders for White House dinner", 300, true },
	      { "Valley Gazette", "valley.example", "en-US",
	        "Trump hosts tech leaders for White House dinner, Musk not "
	        "among guests", 290, true } } },
	{ "Un funiculaire déraille à Lisbonne, le bilan monte à seize morts",
	    "Le câble a cédé peu après le départ de la cabine du haut, selon "
	    "les premiers éléments de l’enquête.", "fr", "world",
	    { { "Le Quotidien", "quotidien.example", "fr",
	        "Un funiculaire déraille à Lisbonne, le bilan monte à seize "
	        "morts", 820, false },
	      { "Jornal da Manhã", "manha.example", "pt-PT",
	        "Elevador da Glória: número de mortos sobe para dezasseis",
	        860, false },
	      { "The Potomac Courier", "potomac.example", "en",
	        "Lisbon funicular crash: cable had snapped, investigators say",
	        500, false } } },
	{ "زلزال جديد يضرب شرق أفغانستان ويعيق عمليات الإنقاذ",
	    "قال مسؤولون محليون إن الطرق المؤدية إلى القرى المتضررة لا تزال "
	    "مقطوعة بسبب الانهيارات الأرضية.", "ar", "world",
	    { { "صحيفة الأفق", "alofoq.example", "ar",
	        "زلزال جديد يضرب شرق أفغانستان ويعيق عمليات الإنقاذ", 200,
	        false },
	      { "The Potomac Courier", "potomac.example", "en",
	        "New earthquake in eastern Afghanistan slows the rescue", 180,
	        false } } },
	{ "Zentralbank lässt Leitzins unverändert",
	    "Die Inflation liege nahe am Ziel, sagte die Präsidentin; für den "
	    "Herbst legte sie sich nicht fest.", "de", "economy",
	    { { "Rheinischer Bote", "rheinbote.example", "de",
	        "Zentralbank lässt Leitzins unverändert", 640, false },
	      { "Diario del Sur", "diariosur.example", "es",
	        "El banco central mantiene los tipos", 610, false } } },
	{ "בית המשפט העליון ידון בעתירה נגד מינוי הנציב", NULL, "he", "world",
	    { { "העיתון", "haiton.example", "he",
	        "בית המשפט העליון ידון בעתירה נגד מינוי הנציב", 150,
	        false } } },
	{ "火星探测器发回首批高清影像",
	    "科研团队表示，影像显示了古代河流三角洲的沉积层。", "zh", "science",
	    { { "东方晚报", "dongfang.example", "zh",
	        "火星探测器发回首批高清影像", 95, false },
	      { "朝の便り", "tayori.example", "ja",
	        "火星探査機、初の高精細画像を送信", 80, false } } },
	{ "A quiet harbour town votes on its last fish auction",
	    "Turnout was the highest since 1974; the count goes on.", "en",
	    "local",
	    { { "Shoreline Times", "shoreline.example", "en-GB",
	        "A quiet harbour town votes on its last fish auction", 60,
	        false } } },
};

/* Titles and texts that have broken documents and readers before. */
static const char *const hostile[] = {
	"<script>alert(1)</script> & <b>bold</b> \"quotes\" 'n such",
	"]]> ends no section, <![CDATA[ begins none, <!-- nor --> a comment",
	"controls \x01\x02\x08\x0b\x0c\x1b[31m\x7f and \xc2\x85\xc2\x9f, CR\r",
	"ill-formed \xff\xfe \xc3( \xed\xa0\x80 \xf5\x80\x80\x80 \xe2\x82",
	"banned \xef\xbf\xbe \xef\xbf\xbf, allowed \xef\xbf\xbd",
	"emoji 👩‍👩‍👧‍👦 🏳️‍🌈 and astral 𝒜𐍈",
	"\xe2\x80\xaegnorw si siht\xe2\x80\xac override, \xe2\x81\xa6x",
	"&amp;lt;i&amp;gt; &nbsp; &#0; &#xFFFF; &undefined; &",
	"{{title}} {{{main}}} {{#root}} %s %n $(id) `id` \\",
	"tab\there, line\nbreak",
	"",
};

static struct gaz_str
str(const char *z)
{
	return gaz_str_of(z);
}

static struct gaz_str
primary(struct gaz_str tag)
{
	return gaz_str_sub(tag, 0, gaz_str_find_char(tag, '-', 0));
}

static void
fill_item(struct gaz_view *v, struct gaz_view_item *it, int64_t id,
    const struct event *e, const struct report *r)
{
	struct gaz_arena *a = &v->arena;

	it->id = id;
	it->feed_id = id % 10;
	it->feed_name = gaz_arena_fmt(a, "%.*s",
	    (int)strcspn(r->site, "."), r->site);
	it->feed_title = str(r->outlet);
	it->feed_site_url = gaz_arena_fmt(a, "https://%s/", r->site);
	it->feed_url = gaz_arena_fmt(a, "https://%s/feed.xml?a=1&b=2",
	    r->site);
	it->guid = gaz_arena_fmt(a, "%s-%lld", r->site, (long long)id);
	it->url = gaz_arena_fmt(a, "https://%s/%lld", r->site, (long long)id);
	it->title = str(r->title);
	it->author = str("A. Writer");
	it->summary = str(e->summary);
	it->content = e->summary != NULL ? gaz_arena_fmt(a,
	    "<p>%s</p>\n<p><a href=\"https://%s/\" rel=\"nofollow\">more</a> "
	    "&amp; <em>so on</em></p>", e->summary, r->site) : GAZ_STR_NONE;
	it->language = str(r->language);
	it->published = NOON - r->minutes * 60;
	it->updated = GAZ_UTC_UNKNOWN;
	it->first_seen = it->published + 120;
	it->copy = r->copy;
	*gaz_list_push(a, &it->tags) = str(e->tag);
	*gaz_list_push(a, &it->categories) = str("News");
	*gaz_list_push(a, &it->categories) = str(e->tag);
}

static void
add_language(struct gaz_view *v, struct gaz_view_story *s,
    struct gaz_str tag)
{
	tag = primary(tag);
	for (size_t i = 0; i < s->languages.n; i++) {
		if (gaz_str_eq(s->languages.v[i], tag))
			return;
	}
	*gaz_list_push(&v->arena, &s->languages) = tag;
}

static void
add_story(struct gaz_view *v, const struct event *e, int64_t id)
{
	struct gaz_view_story *s = gaz_list_push(&v->arena, &v->stories);

	s->id = id;
	s->headline = str(e->headline);
	s->summary = str(e->summary);
	s->language = str(e->language);
	s->open = true;
	s->heat = 1.0 / 3 + (double)id;
	s->first_seen = INT64_MAX;
	for (size_t i = 0; i < GAZ_COUNT(e->reports) &&
	    e->reports[i].outlet != NULL; i++) {
		struct gaz_view_item *it = gaz_list_push(&v->arena, &s->items);
		fill_item(v, it, id * 100 + (int64_t)i, e, &e->reports[i]);
		it->story_id = id;
		add_language(v, s, it->language);
		s->members++;
		s->sources += !it->copy;
		if (it->first_seen < s->first_seen)
			s->first_seen = it->first_seen;
		if (it->first_seen > s->last_grown || i == 0)
			s->last_grown = it->first_seen;
	}
	s->url = s->items.v[0].url;
	s->updated = s->last_grown;
	if (s->updated > v->updated)
		v->updated = s->updated;
}

static void
fill_stories(struct gaz_view *v, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		add_story(v, &events[i], (int64_t)i + 1);
}

static void
fill_items(struct gaz_view *v)
{
	fill_stories(v, 0, GAZ_COUNT(events));
	for (size_t i = 0; i < v->stories.n; i++) {
		struct gaz_view_story *s = &v->stories.v[i];
		for (size_t k = 0; k < s->items.n; k++)
			*gaz_list_push(&v->arena, &v->items) = s->items.v[k];
	}
	v->stories.n = 0;
	/* a podcast, with what belongs to one */
	struct gaz_view_item *it = &v->items.v[3];
	*gaz_list_push(&v->arena, &it->enclosures) = (struct gaz_enclosure){
		.url = str("https://cast.example/1.mp3?a=1&b=2"),
		.type = str("audio/mpeg"), .title = str("Episode 1"),
		.length = 12345, .duration_s = 1800 };
	*gaz_list_push(&v->arena, &it->enclosures) = (struct gaz_enclosure){
		.url = str("https://cast.example/1.chapters"),
		.length = INT64_MIN, .duration_s = INT64_MIN };
	it->extra = str("thttps://cast.example/1.vtt?a=1&b=2\x1ftext/vtt\x1f"
	    "es\x1f\x1f\x1euhttps://cast.example/1.json\x1f\x1e"
	    "pA. Guest\x1fguest\x1f" "cast\x1fhttps://guest.example/\x1f"
	    "https://guest.example/a.png\x1f\x1es73000\x1f" "60250\x1fWhy\x1f"
	    "\x1f\x1f\x1eg0\x1f-345000000\x1f" "1731234567\x1f\x1e"
	    "c3723004\x1f\x1fThe bell\x1f\x1f\x1f\x1e");
	it->thumbnail = str("https://cast.example/cover.png");
	it->comments = str("https://cast.example/1#comments");
	it->updated = NOON;
	v->updated = NOON;
	/* one with next to nothing */
	it = &v->items.v[4];
	it->url = it->author = it->summary = it->content = GAZ_STR_NONE;
	it->feed_title = it->feed_site_url = it->feed_url = GAZ_STR_NONE;
	it->language = GAZ_STR_NONE;
	it->published = GAZ_UTC_UNKNOWN;
	it->story_id = 0;
}

static void
fill_feeds(struct gaz_view *v)
{
	static const struct {
		const char *name, *title, *url, *site, *language, *tags[3];
		bool enabled;
		enum gaz_fault fault;
		int64_t failures;
	} feeds[] = {
		{ "potomac", "The Potomac Courier",
		    "https://potomac.example/feed.xml?a=1&b=2",
		    "https://potomac.example/", "en", { "world", "technology" },
		    true, GAZ_FAULT_NONE, 0 },
		{ "quotidien", "Le Quotidien",
		    "https://quotidien.example/rss", NULL, "fr", { "world" },
		    true, GAZ_FAULT_NONE, 0 },
		{ "alofoq", "صحيفة الأفق", "https://alofoq.example/rss",
		    "https://alofoq.example/", "ar", { "world" }, true,
		    GAZ_FAULT_TIMEOUT, 3 },
		{ "blog", "", "https://blog.example/atom", NULL, NULL,
		    { NULL }, true, GAZ_FAULT_NONE, 0 },
		{ "a, b/c", "Commas, and/or slashes",
		    "https://commas.example/", NULL, "en", { "a, b/c" }, true,
		    GAZ_FAULT_NOT_FOUND, 40 },
		{ "old", "Switched off", "https://old.example/", NULL, "en",
		    { "technology" }, false, GAZ_FAULT_GONE, 1 },
		{ "local", "A local document", NULL, NULL, "en", { NULL },
		    true, GAZ_FAULT_NONE, 0 },
	};

	for (size_t i = 0; i < GAZ_COUNT(feeds); i++) {
		struct gaz_view_feed *f = gaz_list_push(&v->arena, &v->feeds);
		f->id = (int64_t)i + 1;
		f->name = str(feeds[i].name);
		f->title = str(feeds[i].title);
		f->url = str(feeds[i].url);
		f->site_url = str(feeds[i].site);
		f->language = str(feeds[i].language);
		f->enabled = feeds[i].enabled;
		f->fault = feeds[i].fault;
		f->failures = feeds[i].failures;
		f->items = 1200 / ((int64_t)i + 1);
		f->last_fetch = NOON - (int64_t)i * 600;
		f->last_success = f->fault == GAZ_FAULT_NONE ? f->last_fetch
		    : NOON - 86400 * 3;
		f->last_new = f->last_success - 3600;
		f->next_fetch = f->last_fetch + 3600;
		for (size_t k = 0; k < 3 && feeds[i].tags[k] != NULL; k++)
			*gaz_list_push(&v->arena, &f->tags) =
			    str(feeds[i].tags[k]);
	}
	v->feeds.v[3].last_fetch = v->feeds.v[3].last_success =
	    v->feeds.v[3].last_new = GAZ_UTC_UNKNOWN;
	v->updated = NOON;
}

/* Put text and the address wherever a view has room for one. */
static void
spoil_item(struct gaz_view *v, struct gaz_view_item *it, struct gaz_str text,
    struct gaz_str url)
{
	it->feed_name = it->feed_title = it->guid = it->title = text;
	it->author = it->summary = it->language = text;
	it->content = GAZ_STR("<p>clean by contract \x02 ]]&gt;</p>");
	it->feed_site_url = it->feed_url = it->url = url;
	it->thumbnail = it->comments = url;
	*gaz_list_push(&v->arena, &it->tags) = text;
	*gaz_list_push(&v->arena, &it->categories) = text;
	*gaz_list_push(&v->arena, &it->enclosures) = (struct gaz_enclosure){
		.url = url, .type = text, .title = text, .length = -5,
		.duration_s = -5 };
	/* Every field of every kind. */
	struct gaz_buf extra;
	gaz_buf_init(&extra, GAZ_BUF_NO_MAX);
	for (const char *kind = "tupg"; *kind != '\0'; kind++) {
		gaz_buf_put_char(&extra, *kind);
		for (int i = 0; i < 6; i++)
			gaz_buf_put_fmt(&extra, "%.*s\x1f", GAZ_STR_ARG(
			    (*kind == 't' && i == 0) || *kind == 'u' || i > 2
			    ? url : text));
		gaz_buf_put_char(&extra, '\x1e');
	}
	for (const char *kind = "sc"; *kind != '\0'; kind++)
		gaz_buf_put_fmt(&extra, "%c9223372036854775807\x1f" "1\x1f"
		    "%.*s\x1f%.*s\x1f%.*s\x1f\x1e", *kind, GAZ_STR_ARG(text),
		    GAZ_STR_ARG(url), GAZ_STR_ARG(url));
	it->extra = gaz_arena_str(&v->arena, gaz_buf_str(&extra));
	gaz_buf_clear(&extra);
	it->published = it->updated = it->first_seen = INT64_MAX;
}

static void
fill_hostile(struct gaz_view *v, bool items)
{
	static const char *const urls[] = {
		"javascript:alert(1)",
		"https://a.example/\"><script>alert(1)</script>&x=<y> z\x01\xff",
		" jAvAscript:alert(1)",
		"data:text/html,<script>alert(1)</script>",
		"",
		"//evil.example/",
		"vbscript:x",
	};
	struct event e = { .headline = "", .language = "en", .tag = "t",
		.reports = { { "o", "s.example", "en", "t", 1, false },
		    { "o", "s.example", "en", "t", 2, true } } };

	for (size_t i = 0; i < GAZ_COUNT(hostile); i++) {
		struct gaz_str text = str(hostile[i]);
		struct gaz_str url = str(urls[i % GAZ_COUNT(urls)]);
		add_story(v, &e, (int64_t)i + 1);
		struct gaz_view_story *s = &v->stories.v[v->stories.n - 1];
		s->headline = s->summary = s->language = text;
		s->url = s->thumbnail = url;
		*gaz_list_push(&v->arena, &s->languages) = text;
		for (size_t k = 0; k < s->items.n; k++) {
			spoil_item(v, &s->items.v[k], text, url);
			if (items)
				*gaz_list_push(&v->arena, &v->items) =
				    s->items.v[k];
		}
		s->updated = INT64_MIN + 1;
	}
	if (items)
		v->stories.n = 0;
	v->title = v->subtitle = str(hostile[0]);
	v->instance = str("<&\">");
	v->path = str("/stories.atom?q=%3Cscript%3E&tag=\"><x>&page=1");
}

static void
fill_hostile_feeds(struct gaz_view *v)
{
	fill_feeds(v);
	for (size_t i = 0; i < GAZ_COUNT(hostile); i++) {
		struct gaz_view_feed *f = gaz_list_push(&v->arena, &v->feeds);
		*f = (struct gaz_view_feed){ .id = 100 + (int64_t)i,
			.name = str(hostile[i]), .title = str(hostile[i]),
			.url = str("https://a.example/\"<>&\x01"),
			.site_url = str("javascript:alert(1)"),
			.language = str(hostile[i]), .enabled = true,
			.fault = GAZ_FAULT_HOSTILE,
			.fault_text = str(hostile[i]),
			.flags = str(hostile[i]), .last_fetch = INT64_MAX };
		*gaz_list_push(&v->arena, &f->tags) = str(hostile[i]);
		*gaz_list_push(&v->arena, &f->tags) = str("second");
	}
	v->title = str(hostile[0]);
}

static const struct {
	const char *name;
	enum gaz_view_kind kind;
	const char *title, *path;
} views[] = {
	{ "stories", GAZ_VIEW_STORIES, "Stories", "/stories.atom" },
	{ "last", GAZ_VIEW_STORIES, "Stories",
	    "/stories.atom?tag=world&page=2" },
	{ "story", GAZ_VIEW_STORIES, "Story", "/story/1" },
	{ "search", GAZ_VIEW_STORIES, "Search", "/search?q=white+house" },
	{ "items", GAZ_VIEW_ITEMS, "Items", "/items.atom?tag=world" },
	{ "feeds", GAZ_VIEW_FEEDS, "Feeds", "/feeds" },
	{ "empty", GAZ_VIEW_STORIES, "Stories", "/stories.atom" },
	{ "hostile", GAZ_VIEW_STORIES, "", "" },
	{ "hostile-items", GAZ_VIEW_ITEMS, "", "" },
	{ "hostile-feeds", GAZ_VIEW_FEEDS, "", "/feeds" },
	{ "bare", GAZ_VIEW_STORIES, "Stories", NULL },
};

const char *
sample_view_name(size_t i)
{
	return i < GAZ_COUNT(views) ? views[i].name : NULL;
}

struct gaz_view *
sample_view_new(const char *name)
{
	size_t i = 0;

	while (i < GAZ_COUNT(views) && strcmp(views[i].name, name) != 0)
		i++;
	if (i == GAZ_COUNT(views))
		return NULL;
	struct gaz_view *v = gaz_view_new(views[i].kind);
	v->title = str(views[i].title);
	v->subtitle = str("What several outlets tell of");
	v->path = str(views[i].path);
	v->instance = str("6f1c2d");
	v->base_url = views[i].path != NULL
	    ? str("https://news.example.org/aggregator") : GAZ_STR_NONE;
	v->hub = GAZ_STR("https://news.example/websub/hub");
	if (strcmp(name, "stories") == 0) {
		fill_stories(v, 0, GAZ_COUNT(events));
		v->more = true;
	} else if (strcmp(name, "last") == 0) {
		fill_stories(v, 2, 3);
		v->page = 2;
	} else if (strcmp(name, "story") == 0) {
		fill_stories(v, 0, 1);
	} else if (strcmp(name, "items") == 0) {
		fill_items(v);
	} else if (strcmp(name, "feeds") == 0) {
		fill_feeds(v);
	} else if (strcmp(name, "hostile") == 0) {
		fill_hostile(v, false);
	} else if (strcmp(name, "hostile-items") == 0) {
		fill_hostile(v, true);
	} else if (strcmp(name, "hostile-feeds") == 0) {
		fill_hostile_feeds(v);
	} else if (strcmp(name, "empty") != 0) {
		fill_stories(v, 0, 3);
	}
	return v;
}

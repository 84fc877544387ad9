#include "config.h"

#include "config/schema.h"

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define YEAR (366 * DAY)
/* A message to a worker holds the document and what is said about it. */
#define BODY_CEILING (GAZ_MESSAGE_MAX - (1 << 20))

const struct gaz_config_section_row gaz_config_sections[] = {
	[GAZ_SECTION_DAEMON] = { .name = "daemon",
	    .doc = "The program itself: where its state is kept, where it "
		   "listens, and how it treats other people's servers." },
	[GAZ_SECTION_STORE] = { .name = "store",
	    .doc = "How long items are kept." },
	[GAZ_SECTION_STORIES] = { .name = "stories",
	    .doc = "How items about one event are grouped into stories." },
	[GAZ_SECTION_FEED] = { .name = "feed",
	    .named = true,
	    .doc = "One feed. The name is yours to choose; it stands in "
		   "listings, filters and rules, and must not occur twice. "
		   "Exactly one of url and path is needed.",
	    .example = "[feed \"Example\"]\n"
		       "url = https://www.example/feed.xml\n"
		       "tags = news, world\n" },
	[GAZ_SECTION_EXPORT] = { .name = "export",
	    .named = true,
	    .doc = "A file that is kept up to date. It is replaced in one "
		   "step, and only when its content changes.",
	    .example = "[export \"world\"]\n"
		       "path = /var/lib/gazetted/world.atom\n"
		       "tag = world\n"
		       "min-sources = 3\n" },
	[GAZ_SECTION_RULE] = { .name = "rule",
	    .named = true,
	    .doc = "What to do with items as they arrive. Rules are applied "
		   "in the order of the files.",
	    .example = "[rule \"no sports\"]\n"
		       "match = tag = sports or title ~ \"\\bfootball\\b\"\n"
		       "action = drop\n" },
};

#define IN_DAEMON(member)                \
	.section = GAZ_SECTION_DAEMON,   \
	.offset = offsetof(struct gaz_config, member)
#define IN_STORE(member)                 \
	.section = GAZ_SECTION_STORE,    \
	.offset = offsetof(struct gaz_config, member)
#define IN_STORIES(member)               \
	.section = GAZ_SECTION_STORIES,  \
	.offset = offsetof(struct gaz_config, member)
#define IN_FEED(member)                  \
	.section = GAZ_SECTION_FEED,     \
	.offset = offsetof(struct gaz_config_feed, member)
#define IN_ACCESS(member)                \
	.section = GAZ_SECTION_FEED,     \
	.access = true,                  \
	.offset = offsetof(struct gaz_config_access, member)
#define IN_EXPORT(member)                \
	.section = GAZ_SECTION_EXPORT,   \
	.offset = offsetof(struct gaz_config_export, member)
#define IN_RULE(member)                  \
	.section = GAZ_SECTION_RULE,     \
	.offset = offsetof(struct gaz_config_rule, member)

const struct gaz_config_row gaz_config_rows[] = {
	/* ---- [daemon] */
	{ IN_DAEMON(state_directory),
	    .key = "state-directory", .type = GAZ_T_PATH,
	    .def = "/var/lib/gazetted",
	    .doc = "The folder of the database. The environment variable "
		   "STATE_DIRECTORY, which systemd sets, is the default when "
		   "there is one." },
	{ IN_DAEMON(control_socket),
	    .key = "control-socket", .type = GAZ_T_PATH,
	    .def = "/run/gazetted/control.sock",
	    .doc = "The Unix socket by which gazettectl reaches the daemon. "
		   "Only its owner may connect. When the environment variable "
		   "RUNTIME_DIRECTORY is set, as systemd does, the default is "
		   "control.sock in that folder." },
	{ IN_DAEMON(listen),
	    .key = "listen", .type = GAZ_T_LISTEN,
	    .def = "127.0.0.1:8321",
	    .doc = "Where the web page, the feeds and the API are served: "
		   "ADDR:PORT, [ADDR]:PORT, or the path of a Unix socket. May "
		   "be given several times; an empty value forgets what came "
		   "before. Port 0 takes a free one. An address other than "
		   "this machine's own needs at least one user." },
	{ IN_DAEMON(base_url),
	    .key = "base-url", .type = GAZ_T_BASE_URL,
	    .none = "links are relative, and WebSub is off",
	    .doc = "The address under which readers reach this server, for "
		   "links in feeds and for WebSub deliveries." },
	{ IN_DAEMON(websub),
	    .key = "websub", .type = GAZ_T_BOOL,
	    .def = "yes",
	    .doc = "Whether the hubs that feeds name are asked to deliver what "
		   "is new (WebSub). That needs a base-url that hubs can reach. "
		   "A feed that a hub delivers is polled once a day." },
	{ IN_DAEMON(hub),
	    .key = "hub", .type = GAZ_T_BOOL,
	    .def = "no",
	    .doc = "Whether this server is a WebSub hub for its own feeds: who "
		   "asks for it at /websub/hub is sent what is new. That needs "
		   "a base-url. Whoever can reach it can then make it send "
		   "requests to public addresses, within limits." },
	{ IN_DAEMON(subscription_sources),
	    .key = "subscriptions", .type = GAZ_T_SOURCE,
	    .none = "none",
	    .doc = "An OPML document of more feeds: a file, which is read "
		   "again when it changes, or an http or https URL, which is "
		   "asked for every few hours and on a reload. May be given "
		   "several times, for one file and up to 16 URLs. What else "
		   "the configuration or a person subscribes to is left alone. "
		   "An answer that is no list, or a damaged or empty one, "
		   "removes nothing." },
	{ IN_DAEMON(subscriptions_grace_s),
	    .key = "subscriptions-grace", .type = GAZ_T_SECONDS,
	    .min = 0, .max = YEAR, .def = "7d",
	    .doc = "How long a feed that is no longer in a list behind a URL "
		   "is still fetched. One that returns in that time was never "
		   "away." },
	{ IN_DAEMON(interval_s),
	    .key = "interval", .type = GAZ_T_SECONDS,
	    .min = 1, .max = YEAR, .def = "1h",
	    .doc = "The pause between two fetches of a feed of which nothing "
		   "is known yet. Later the feed's own rhythm and what its "
		   "server says decide." },
	{ IN_DAEMON(min_interval_s),
	    .key = "min-interval", .type = GAZ_T_SECONDS,
	    .min = 1, .max = YEAR, .def = "5m",
	    .doc = "No feed is asked more often than that." },
	{ IN_DAEMON(max_interval_s),
	    .key = "max-interval", .type = GAZ_T_SECONDS,
	    .min = 1, .max = YEAR, .def = "1d",
	    .doc = "However quiet it is, a feed is asked at least that "
		   "often, unless its server asks for a longer pause." },
	{ IN_DAEMON(connections),
	    .key = "connections", .type = GAZ_T_COUNT,
	    .min = 1, .max = 4096, .def = "64",
	    .doc = "Fetches under way at the same time." },
	{ IN_DAEMON(connections_per_host),
	    .key = "connections-per-host", .type = GAZ_T_COUNT,
	    .min = 1, .max = 64, .def = "2",
	    .doc = "Fetches from one host under way at the same time." },
	{ IN_DAEMON(host_gap_ms),
	    .key = "host-gap", .type = GAZ_T_MILLISECONDS,
	    .min = 0, .max = 10 * 60 * 1000, .def = "1s",
	    .doc = "The pause between two requests to one host." },
	{ IN_DAEMON(requests_per_hour),
	    .key = "requests-per-hour", .type = GAZ_T_COUNT,
	    .min = 0, .max = 100000000, .def = "0",
	    .doc = "At most that many requests for all feeds together, spent "
		   "where new items are most likely. A feed that is due when "
		   "they are used up waits for its turn. What a person asks "
		   "for counts, but does not wait. 0 means no limit." },
	{ IN_DAEMON(timeout_s),
	    .key = "timeout", .type = GAZ_T_SECONDS,
	    .min = 1, .max = HOUR, .def = "60s",
	    .doc = "How long one fetch may take in all." },
	{ IN_DAEMON(max_body),
	    .key = "max-body", .type = GAZ_T_BYTES,
	    .min = 1024, .max = BODY_CEILING, .def = "10MiB",
	    .doc = "The largest document that is accepted, after "
		   "decompression." },
	{ IN_DAEMON(allow_private),
	    .key = "allow-private", .type = GAZ_T_RANGES,
	    .none = "inside addresses are refused",
	    .doc = "Address ranges, such as 192.168.0.0/16 or fd00::/8, that "
		   "may be fetched from although they are not public." },
	{ IN_DAEMON(user_agent),
	    .key = "user-agent", .type = GAZ_T_AGENT,
	    .none = "gazetted, its version and its home page",
	    .doc = "How fetches introduce themselves." },
	{ IN_DAEMON(proxy),
	    .key = "proxy", .type = GAZ_T_PROXY,
	    .def = "none",
	    .doc = "The proxy for all fetches: a URL (http, https, socks4, "
		   "socks4a, socks5 or socks5h), \"environment\" for the "
		   "variables http_proxy, https_proxy and no_proxy, or "
		   "\"none\"." },
	{ IN_DAEMON(icons),
	    .key = "icons", .type = GAZ_T_BOOL,
	    .def = "yes",
	    .doc = "Whether the icons of the outlets' sites are fetched, once "
		   "a month and host, and shown beside them. \"no\" also "
		   "forgets those that are there." },
	{ IN_DAEMON(workers),
	    .key = "workers", .type = GAZ_T_COUNT,
	    .min = 0, .max = 64, .def = "0",
	    .doc = "Processes that parse documents; 0 means one a "
		   "processor." },
	{ IN_DAEMON(log_level),
	    .key = "log-level", .type = GAZ_T_LEVEL,
	    .def = "notice",
	    .doc = "How much is logged: err, warn, notice, info (one line a "
		   "fetch) or debug." },

	/* ---- [store] */
	{ IN_STORE(keep_days),
	    .key = "keep-days", .type = GAZ_T_DAYS,
	    .min = 0, .max = 36525, .def = "0",
	    .doc = "Items older than that are deleted; 0 means never. "
		   "Starred items and those that a feed still shows stay." },
	{ IN_STORE(keep_items),
	    .key = "keep-items", .type = GAZ_T_COUNT,
	    .min = 0, .max = 100000000, .def = "0",
	    .doc = "Items kept of one feed, the newest; 0 means all. Starred "
		   "items and those that a feed still shows stay." },
	{ IN_STORE(commit_interval_ms),
	    .key = "commit-interval", .type = GAZ_T_MILLISECONDS,
	    .min = 0, .max = 60 * 1000, .def = "1s",
	    .doc = "How long new items may wait to be written together. What "
		   "a loss of power takes with it is fetched again." },

	/* ---- [stories] */
	{ IN_STORIES(window_s),
	    .key = "window", .type = GAZ_T_SECONDS,
	    .min = HOUR, .max = 60 * DAY, .def = "4d",
	    .doc = "A story is closed to new items after that long without "
		   "one." },
	{ IN_STORIES(dictionaries),
	    .key = "dictionaries", .type = GAZ_T_TEXT,
	    .def = "/usr/share/dictd",
	    .doc = "The folder of FreeDict dictionaries to English, from "
		   "Debian's packages dict-freedict-*-eng; they are used if "
		   "they are there, for languages that the lexicon of news "
		   "has no words of. \"no\" or nothing: none are." },
	{ IN_STORIES(languages),
	    .key = "languages", .type = GAZ_T_LANGUAGES,
	    .none = "the most central item leads",
	    .doc = "Languages of the reader, the best first, as in \"fr, "
		   "en\". A story's leading headline is taken from the first "
		   "of them in which there is one." },
	{ IN_STORIES(min_sources),
	    .key = "min-sources", .type = GAZ_T_COUNT,
	    .min = 1, .max = 1000, .def = "1",
	    .doc = "Stories are listed when at least that many independent "
		   "outlets report them, unless a request or an export asks "
		   "otherwise." },

	{ IN_STORIES(embeddings),
	    .key = "embeddings", .type = GAZ_T_FEED_URL,
	    .none = "stories are found without",
	    .doc = "The address of a server that turns texts into vectors of "
		   "what they mean, in the manner of OpenAI (llama.cpp and "
		   "Ollama do so, too): http or https, with or without "
		   "/v1/embeddings at the end. Titles and beginnings of texts "
		   "are sent there, straight and to any address. Stories are "
		   "found without waiting for it; what it answers is used when "
		   "they are looked at again." },
	{ IN_STORIES(embeddings_model),
	    .key = "embeddings-model", .type = GAZ_T_TEXT,
	    .none = "the server's only one",
	    .doc = "The model to ask for. Vectors are kept under its name, so "
		   "another model needs another name." },
	{ IN_STORIES(embeddings_key_file),
	    .key = "embeddings-key-file", .type = GAZ_T_SECRET,
	    .none = "no key",
	    .doc = "A file whose first line is the key to be let in with, "
		   "found and guarded as a password-file is." },

	/* ---- [feed] */
	{ IN_FEED(url),
	    .key = "url", .type = GAZ_T_FEED_URL,
	    .doc = "The address of the feed, http or https." },
	{ IN_FEED(path),
	    .key = "path", .type = GAZ_T_PATH,
	    .doc = "A local document instead of an address. It is read again "
		   "when it changes." },
	{ IN_FEED(title),
	    .key = "title", .type = GAZ_T_TEXT,
	    .none = "the title that the feed gives itself",
	    .doc = "What the feed is called on the page and in exports." },
	{ IN_FEED(tags),
	    .key = "tags", .type = GAZ_T_WORDS,
	    .none = "none",
	    .doc = "Words to find its items by." },
	{ IN_FEED(enabled),
	    .key = "enabled", .type = GAZ_T_BOOL,
	    .def = "yes",
	    .doc = "Whether it is fetched. The items of a feed that is "
		   "switched off stay." },
	{ IN_FEED(interval_s),
	    .key = "interval", .type = GAZ_T_SECONDS,
	    .min = 1, .max = YEAR,
	    .none = "decided from its rhythm and what its server says",
	    .doc = "A fixed pause between two fetches." },
	{ IN_FEED(language),
	    .key = "language", .type = GAZ_T_LANGUAGE,
	    .none = "what the feed says, or what its text looks like",
	    .doc = "The language of its items, such as \"fr\" or \"pt-BR\"." },
	{ IN_FEED(priority),
	    .key = "priority", .type = GAZ_T_COUNT,
	    .min = -1000, .max = 1000, .def = "0",
	    .doc = "Of several outlets in a story, the one with the highest "
		   "priority gives the headline." },
	{ IN_FEED(max_items),
	    .key = "max-items", .type = GAZ_T_COUNT,
	    .min = 1, .max = GAZ_DOCUMENT_ITEMS_MAX,
	    .none = "as many as the document holds, at most 10000",
	    .doc = "Items taken from one document." },
	{ IN_ACCESS(user),
	    .key = "user", .type = GAZ_T_TEXT,
	    .none = "no authentication",
	    .doc = "The user to log in as. Such a feed is not followed from "
		   "https to http." },
	{ IN_ACCESS(password_file),
	    .key = "password-file", .type = GAZ_T_SECRET,
	    .none = "an empty password",
	    .doc = "A file whose first line is the password. It is refused "
		   "when everyone may read it. A relative name is first "
		   "looked for among the credentials of systemd "
		   "(LoadCredential=), then beside the configuration." },
	{ IN_ACCESS(headers),
	    .key = "header", .type = GAZ_T_HEADER,
	    .none = "none",
	    .doc = "One more header to send, as \"Name: value\". May be given "
		   "several times. It is not sent on to another host. A "
		   "header that carries a credential is refused in a file "
		   "that everyone may read." },
	{ IN_ACCESS(user_agent),
	    .key = "user-agent", .type = GAZ_T_AGENT,
	    .none = "that of [daemon]",
	    .doc = "How the fetch introduces itself." },
	{ IN_ACCESS(proxy),
	    .key = "proxy", .type = GAZ_T_PROXY,
	    .none = "that of [daemon]",
	    .doc = "The proxy for this feed, as in [daemon]; \"none\" goes "
		   "without." },
	{ IN_ACCESS(allow_private),
	    .key = "allow-private", .type = GAZ_T_RANGES,
	    .none = "those of [daemon]",
	    .doc = "Address ranges that this feed may be fetched from, "
		   "besides those of [daemon]." },
	{ IN_ACCESS(tls_insecure),
	    .key = "tls-insecure", .type = GAZ_T_BOOL,
	    .def = "no",
	    .doc = "Accept any certificate. Refused together with "
		   "credentials, and shown as a warning wherever the feed is "
		   "listed." },

	/* ---- [export] */
	{ IN_EXPORT(path),
	    .key = "path", .type = GAZ_T_PATH, .required = true,
	    .doc = "The file to write." },
	{ IN_EXPORT(format),
	    .key = "format", .type = GAZ_T_FORMAT,
	    .none = "the path's ending says it",
	    .doc = "One of atom, rss, json (JSON Feed), opml and html." },
	{ IN_EXPORT(content),
	    .key = "content", .type = GAZ_T_CONTENT,
	    .none = "stories; feeds for opml",
	    .doc = "One of stories, items and feeds. A list of feeds is "
		   "written as opml or html." },
	{ IN_EXPORT(title),
	    .key = "title", .type = GAZ_T_TEXT,
	    .none = "the name of the section",
	    .doc = "The title of the document." },
	{ IN_EXPORT(filter.tags),
	    .key = "tag", .type = GAZ_T_WORDS,
	    .none = "all",
	    .doc = "Only what has one of these tags." },
	{ IN_EXPORT(filter.feeds),
	    .key = "feed", .type = GAZ_T_WORDS,
	    .none = "all",
	    .doc = "Only what comes from one of these feeds, by the names of "
		   "their sections." },
	{ IN_EXPORT(filter.languages),
	    .key = "language", .type = GAZ_T_LANGUAGES,
	    .none = "all",
	    .doc = "Only what is in one of these languages." },
	{ IN_EXPORT(filter.query),
	    .key = "query", .type = GAZ_T_TEXT,
	    .none = "all",
	    .doc = "Only what holds all of these words." },
	{ IN_EXPORT(filter.since),
	    .key = "since", .type = GAZ_T_SINCE,
	    .none = "no bound",
	    .doc = "Only what is newer: a time span before now, such as 36h, "
		   "or a date, such as 2025-09-04 or 2025-09-04T18:30:00Z." },
	{ IN_EXPORT(filter.min_sources),
	    .key = "min-sources", .type = GAZ_T_COUNT,
	    .min = 1, .max = 1000,
	    .none = "that of [stories]",
	    .doc = "Only stories that at least so many independent outlets "
		   "report." },
	{ IN_EXPORT(filter.limit),
	    .key = "limit", .type = GAZ_T_COUNT,
	    .min = 1, .max = GAZ_VIEW_LIMIT_MAX, .def = "50",
	    .doc = "Entries at most, the newest or weightiest." },

	/* ---- [rule] */
	{ IN_RULE(match),
	    .key = "match", .type = GAZ_T_MATCH, .required = true,
	    .doc = "An expression that decides whether the rule applies; see "
		   "RULES." },
	{ IN_RULE(actions),
	    .key = "action", .type = GAZ_T_ACTION, .required = true,
	    .doc = "What to do: drop (do not store the item), tag NAME, star, "
		   "read (mark it as read), stop (look at no later rule). "
		   "Several are separated by commas." },
};

const size_t gaz_config_row_count = GAZ_COUNT(gaz_config_rows);

bool
gaz_config_type_repeats(enum gaz_config_type t)
{
	return t == GAZ_T_WORDS || t == GAZ_T_LANGUAGES ||
	    t == GAZ_T_LISTEN || t == GAZ_T_SOURCE || t == GAZ_T_RANGES || t == GAZ_T_HEADER ||
	    t == GAZ_T_ACTION;
}

const char *
gaz_config_type_name(enum gaz_config_type t)
{
	switch (t) {
	case GAZ_T_BOOL:
		return "yes or no";
	case GAZ_T_COUNT:
		return "a number";
	case GAZ_T_DAYS:
		return "a number of days";
	case GAZ_T_SECONDS:
	case GAZ_T_MILLISECONDS:
		return "a time span such as 30s, 15m, 6h or 3d";
	case GAZ_T_BYTES:
		return "a size such as 512KiB or 10MiB";
	case GAZ_T_TEXT:
	case GAZ_T_AGENT:
		return "text";
	case GAZ_T_PATH:
	case GAZ_T_SECRET:
		return "a path";
	case GAZ_T_FEED_URL:
	case GAZ_T_BASE_URL:
		return "an http or https URL";
	case GAZ_T_PROXY:
		return "a URL, environment or none";
	case GAZ_T_LANGUAGE:
		return "a language such as en or pt-BR";
	case GAZ_T_MATCH:
		return "an expression";
	case GAZ_T_WORDS:
		return "words, separated by commas";
	case GAZ_T_LANGUAGES:
		return "languages, separated by commas";
	case GAZ_T_LISTEN:
		return "ADDR:PORT, [ADDR]:PORT or a path";
	case GAZ_T_SOURCE:
		return "a path or an http or https URL";
	case GAZ_T_RANGES:
		return "address ranges, separated by commas";
	case GAZ_T_HEADER:
		return "Name: value";
	case GAZ_T_LEVEL:
		return "err, warn, notice, info or debug";
	case GAZ_T_FORMAT:
		return "atom, rss, json, opml or html";
	case GAZ_T_CONTENT:
		return "stories, items or feeds";
	case GAZ_T_SINCE:
		return "a time span or a date";
	case GAZ_T_ACTION:
		return "drop, tag NAME, star, read or stop";
	}
	return "";
}

const struct gaz_config_row *
gaz_config_find_row(enum gaz_config_section s, struct gaz_str key)
{
	for (size_t i = 0; i < gaz_config_row_count; i++) {
		const struct gaz_config_row *row = &gaz_config_rows[i];
		if (row->section == s && gaz_str_eq_z(key, row->key))
			return row;
	}
	return NULL;
}

"""Rules of JSON Feed 1.1, RSS 2.0, OPML 2.0 and of pages, on the samples."""
import datetime
import email.utils
import html.parser
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

render = sys.argv[1]
failed = 0
ATOM = "{http://www.w3.org/2005/Atom}"


def get(view, form):
    return subprocess.run([render, view, form], check=True,
                          capture_output=True).stdout


def check(what, good):
    global failed
    if not good:
        print("failed:", what)
        failed = 1


def is_url(value):
    return isinstance(value, str) and re.match(r"https?://[^\s<>\"]+$", value)


def is_time(value):
    try:
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return True


views = subprocess.run(
    [render], check=True, capture_output=True).stdout.decode().split()
entries = [v for v in views if not v.endswith("feeds")]

# ---- the same view gives the same bytes, and all of them are UTF-8
for view in views:
    for form in ("atom", "rss", "json", "opml", "jsonl", "html", "file"):
        data = get(view, form)
        check("%s.%s: same bytes" % (view, form), data == get(view, form))
        text = data.decode("utf-8")
        bad = set(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]",
                             text))
        if form in ("atom", "rss", "opml", "html", "file"):
            check("%s.%s: control characters %r" % (view, form, bad), not bad)

# ---- JSON Feed
KNOWN = {"version", "title", "home_page_url", "feed_url", "description",
         "next_url", "items", "hubs"}
KNOWN_ITEM = {"id", "url", "external_url", "title", "content_html",
              "content_text", "summary", "image", "date_published",
              "date_modified", "authors", "tags", "language", "attachments",
              "_story", "_source", "_podcast", "_places"}
for view in entries:
    d = json.loads(get(view, "json"))
    check(view + ": version",
          d["version"] == "https://jsonfeed.org/version/1.1")
    check(view + ": members " + repr(set(d) - KNOWN), not set(d) - KNOWN)
    check(view + ": hubs", all(h == {"type": "WebSub",
          "url": "https://news.example/websub/hub"} for h in d.get("hubs", [])))
    for key in ("home_page_url", "feed_url", "next_url"):
        check("%s: %s" % (view, key), key not in d or is_url(d[key]))
    ids = [i["id"] for i in d["items"]]
    check(view + ": ids differ", len(ids) == len(set(ids)))
    for i in d["items"]:
        name = "%s %s" % (view, i["id"])
        check(name + ": members " + repr(set(i) - KNOWN_ITEM),
              not set(i) - KNOWN_ITEM)
        check(name + ": content", ("content_html" in i) !=
              ("content_text" in i))
        for key in ("url", "external_url", "image"):
            check("%s: %s" % (name, key), key not in i or is_url(i[key]))
        for key in ("date_published", "date_modified"):
            check("%s: %s" % (name, key), is_time(i[key]))
        for a in i.get("attachments", ()):
            check(name + ": attachment", is_url(a["url"]) and
                  a["mime_type"])
        podcast = i.get("_podcast", {})
        check(name + ": podcast", "chapters_url" not in podcast or
              is_url(podcast["chapters_url"]))
        check(name + ": transcripts",
              all(is_url(t["url"]) for t in podcast.get("transcripts", ())))
        check(name + ": persons",
              all(p["name"] for p in podcast.get("persons", ())))
        for part in podcast.get("persons", []) + podcast.get("chapters", []):
            check(name + ": part", all(is_url(part[key]) for key in
                  ("url", "image") if key in part))
        check(name + ": places", all(len(point) == 2
              for p in i.get("_places", ()) for point in p["points"]))
        for a in i.get("authors", ()):
            check(name + ": author", a["name"])

d = json.loads(get("stories", "json"))
story = d["items"][0]["_story"]
check("sources", len(story["sources"]) == 11 and story["outlets"] == 9 and
      story["items"] == 11)
check("languages", story["languages"] ==
      ["en", "fr", "de", "es", "ar", "he", "zh", "ru", "ja"])
check("heat", story["heat"] == 1.333)
check("next page", d["next_url"].endswith("/stories.atom?page=2"))
check("source", story["sources"][4]["outlet"] == "صحيفة الأفق" and
      story["sources"][4]["url"] == "https://alofoq.example/104")

# ---- JSON lines: what `gazettectl cluster` wants of each
for view in entries:
    for line in get(view, "jsonl").decode().split("\n")[:-1]:
        item = json.loads(line)
        check(view + ": line", isinstance(item["id"], str) and
              isinstance(item["title"], str) and is_time(item["published"]))

# ---- RSS
for view in entries:
    channel = ET.fromstring(get(view, "rss")).find("channel")
    for key in ("title", "link", "description"):
        check("%s.rss: %s" % (view, key), channel.findtext(key))
    check(view + ".rss: link", is_url(channel.findtext("link")))
    for i in channel.findall("item"):
        guid = i.find("guid")
        check(view + ".rss: guid", guid.get("isPermaLink") == "false" and
              guid.text)
        check(view + ".rss: title", i.find("title") is not None)
        check(view + ".rss: one enclosure", len(i.findall("enclosure")) <= 1)
        for e in i.findall("enclosure"):
            check(view + ".rss: enclosure",
                  set(e.attrib) == {"url", "length", "type"})
        when = i.findtext("pubDate")
        check(view + ".rss: date " + when,
              email.utils.parsedate_to_datetime(when))
self = ET.fromstring(get("stories", "rss")).find(
    "channel/%slink[@rel='self']" % ATOM)
check("self of RSS", self.get("href").endswith("/stories.atom"))

# ---- OPML
for view in ("feeds", "hostile-feeds"):
    root = ET.fromstring(get(view, "opml"))
    check(view + ".opml: version", root.get("version") == "2.0")
    for o in root.find("body").iter("outline"):
        check(view + ".opml: text", o.get("text") is not None)
        check(view + ".opml: feed or folder", len(o) > 0 or
              (o.get("type") == "rss" and
               o.get("xmlUrl", "").startswith("https://")))
body = ET.fromstring(get("feeds", "opml")).find("body")
found = [(o.get("text"), [f.get("xmlUrl") for f in o]) for o in body]
check("folders %r" % found, found == [
    ("world", ["https://potomac.example/feed.xml?a=1&b=2",
               "https://quotidien.example/rss", "https://alofoq.example/rss"]),
    ("blog", []),
    ("a, b/c", ["https://commas.example/"]),
    ("technology", ["https://old.example/"])])
check("categories", body[0][0].get("category") == "/world,/technology")
check("separators in a tag", body[2][0].get("category") == "/a  b c")
check("off is a comment", body[3][0].get("isComment") == "true")

# ---- pages
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(html.parser.HTMLParser):
    def __init__(self, name, standalone):
        super().__init__()
        self.name, self.standalone = name, standalone
        self.open, self.ids, self.heads = [], set(), []

    def handle_starttag(self, tag, attrs):
        names = [a for a, _ in attrs]
        attrs = dict(attrs)
        say = lambda what: check("%s: <%s> %s %r" % (
            self.name, tag, what, attrs), False)
        if len(names) != len(set(names)):
            say("repeats an attribute")
        if any(n.startswith("on") or n == "style" for n in names):
            say("has code or style of its own")
        if tag in ("iframe", "object", "embed", "base", "img", "video"):
            say("is not expected")
        if tag == "script" and (self.standalone or not re.match(
                r"(\.\./|\./)+assets/script\.js\?v=[0-9a-f]{16}$",
                attrs.get("src", ""))):
            say("is not ours")
        if tag == "link" and attrs["rel"] in ("stylesheet", "icon") and \
                not attrs["href"].startswith(("./assets/", "../assets/")):
            say("loads from elsewhere")
        if tag == "a":
            href = attrs["href"]
            if re.match(r"[a-z]+:", href, re.I) and not is_url(href):
                say("leads astray")
            if self.standalone and not is_url(href) and href != "#main":
                say("leads nowhere")
        if "id" in attrs:
            if attrs["id"] in self.ids:
                say("repeats an id")
            self.ids.add(attrs["id"])
        if tag == "time" and not is_time(attrs["datetime"]):
            say("has no time")
        if re.match("h[1-6]$", tag):
            self.heads.append(tag)
            last = self.heads[-2] if len(self.heads) > 1 else "h0"
            if int(tag[1]) > int(last[1]) + 1:
                say("skips a level")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            check("%s: </%s> closes nothing" % (self.name, tag), False)


for view in views:
    for form in ("html", "file"):
        text = get(view, form).decode()
        p = Page("%s.%s" % (view, form), form == "file")
        p.feed(text)
        p.close()
        check(p.name + ": all is closed", not p.open)
        check(p.name + ": one h1 %r" % p.heads[:2],
              p.heads[:1] == ["h1"] and p.heads.count("h1") == 1)
        check(p.name + ": language", '<html lang="en">' in text)
text = get("stories", "html").decode()
check("RTL headline", re.search(
    r'<h2><a [^>]*lang="ar" dir="rtl">زلزال', text))
check("copies are folded", '<details class="copies"><summary>2 copies' in text)
check("a copy stands there once",
      text.count('href="https://shoreline.example/109"') == 1)
text = get("story", "html").decode()
check("a copy stands on its story's page once",
      text.count('href="https://shoreline.example/109"') == 1)
text = get("stories", "html").decode()
check("found by readers", 'type="application/feed+json"' in text)
text = get("search", "html").decode()
check("words stay in the box", 'value="white house"' in text)
sys.exit(failed)

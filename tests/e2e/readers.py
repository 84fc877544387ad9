"""Read the sample feeds with feedparser and compare with what went in."""
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")  # of feedparser about Python's own modules
import feedparser

render = sys.argv[1]
failed = 0


def get(view, form):
    data = subprocess.run([render, view, form], check=True,
                          capture_output=True).stdout
    # a base address of the test's own: relative links stay apart from real
    # ones
    return feedparser.parse(data, response_headers={
        "content-location": "http://test.invalid/",
        "content-type": "application/xml; charset=utf-8"})


def check(what, good):
    global failed
    if not good:
        print("failed:", what)
        failed = 1


for view in ("stories", "last", "items", "empty", "hostile", "hostile-items",
             "bare"):
    for form in ("atom", "rss"):
        name = "%s.%s" % (view, form)
        d = get(view, form)
        check("%s: well-formed (%s)" % (name, d.get("bozo_exception")),
              not d.bozo)
        check(name + ": version",
              d.version == {"atom": "atom10", "rss": "rss20"}[form])
        check(name + ": title", d.feed.get("title"))
        ids = [e.get("id") for e in d.entries]
        check(name + ": every entry has an id", all(ids))
        check(name + ": ids differ", len(set(ids)) == len(ids))
        check(name + ": ids are tags",
              all(i.startswith("tag:gazetted.example,2026:") for i in ids))
        for e in d.entries:
            check("%s %s: date" % (name, e.id),
                  e.get("updated_parsed") or e.get("published_parsed"))
            for link in e.get("links", ()):
                check("%s %s: link %s" % (name, e.id, link.href),
                      link.href.startswith(("http://", "https://")))
            html = " ".join(c.value for c in e.get("content", ()))
            check("%s %s: no script" % (name, e.id),
                  "<script" not in html.lower())

stories = get("stories", "atom")
e = stories.entries[0]
check("headline", e.title == "Trump hosts tech leaders for White House "
      "dinner, Musk not among the guests")
check("language", e.title_detail.language == "en")
check("title is plain text", e.title_detail.type == "text/plain")
html = e.content[0].value
for text in ("Le Quotidien", "ترامب", "东方晚报",
             "https://haiton.example/105", "2025-09-04 23:10 UTC", 'dir="rtl"',
             'lang="he"'):
    check("content has " + text, text in html)
rel = {link.rel: link.href for link in stories.feed.links}
base = "https://news.example.org/aggregator"
check("self", rel.get("self") == base + "/stories.atom")
check("alternate", rel.get("alternate") == base + "/")
check("next", rel.get("next") == base + "/stories.atom?page=2")
check("no previous", "previous" not in rel)
last = get("last", "atom")
rel = {link.rel: link.href for link in last.feed.links}
check("self of page 2",
      rel.get("self") == base + "/stories.atom?tag=world&page=2")
check("previous", rel.get("previous") == base + "/stories.atom?tag=world")
check("first", rel.get("first") == base + "/stories.atom?tag=world")
check("no next", "next" not in rel)
check("empty has no entries", not get("empty", "atom").entries)
check("empty was updated in 1970",
      get("empty", "atom").feed.updated == "1970-01-01T00:00:00Z")

for form in ("atom", "rss"):
    items = get("items", form)
    e = items.entries[3]
    check(form + ": enclosure",
          e.enclosures[0].href == "https://cast.example/1.mp3?a=1&b=2" and
          e.enclosures[0].type == "audio/mpeg" and
          str(e.enclosures[0].length) == "12345")
    check(form + ": source", e.source.title == "Diario del Sur")
    check(form + ": author", e.author == "A. Writer")
    check(form + ": tags", {t.term for t in e.tags} == {"technology", "News"})
    check(form + ": content", "<em>so on</em>" in e.content[0].value)
    check(form + ": summary is text", "<" not in e.summary)

hostile = get("hostile", "atom")
titles = [e.title for e in hostile.entries]
check("markup in a title stays text", titles[0] ==
      "<script>alert(1)</script> & <b>bold</b> \"quotes\" 'n such")
check("controls are gone", titles[2] == "controls [31m and , CR")
check("references in a title stay text", titles[7] ==
      "&amp;lt;i&amp;gt; &nbsp; &#0; &#xFFFF; &undefined; &")
sys.exit(failed)

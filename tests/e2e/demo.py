#!/usr/bin/env python3
"""The demonstration, document by document through "gazettectl parse" and
"gazettectl cluster": the dinner at the White House must come out as one story
of at least ten outlets in three languages, with nothing else in it.

With -v: all stories of two items or more."""

import html
import json
import os
import re
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
src = os.environ.get("GAZ_SRCDIR", os.path.join(here, "..", ".."))
build = os.environ.get("GAZ_BUILDDIR", src)
ctl = os.path.join(build, "gazettectl")
demo = os.path.join(src, "conf", "demo")

# The items about the dinner, by a part of their address or title.
DINNER = re.compile(
    r"trump asks tech leaders|"
    r"diner-tech|silicon-valley-table|diner-geants-tech|tech-dinner"
    r"|big-tech-dinner|zuckerberg-hot-mic|weisses-haus-dinner"
    r"|trump-cena-tecnologicas|cena-casa-blanca|cena-casa-bianca",
    re.IGNORECASE,
)


def text(markup):
    return html.unescape(re.sub(r"<[^>]*>", " ", markup or "")).strip()


def items_of(path):
    out = subprocess.run([ctl, "parse", path], stdout=subprocess.PIPE)
    if out.returncode != 0:
        sys.exit("%s: gazettectl parse: exit %d" % (path, out.returncode))
    document = json.loads(out.stdout)
    if not document["well_formed"] or document["errors"]:
        sys.exit("%s: %s" % (path, document["errors"]))
    for item in document["items"]:
        best = (item["content"] or [item["summary"]])[0]
        yield {
            "id": item["link"],
            "title": item["title"],
            "summary": text(best and best["value"]),
            "lang": (document["feed"]["language"] or "")[:2],
            "published": item["published"],
            "source": document["feed"]["title"],
            "url": item["link"],
        }


def main():
    items = []
    for name in sorted(os.listdir(demo)):
        items += items_of(os.path.join(demo, name))
    items.sort(key=lambda i: (i["published"], i["id"]))
    lines = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items)
    out = subprocess.run(
        [ctl, "cluster", "-"],
        input=lines.encode(),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    by_id = {i["id"]: i for i in items}
    assert len(by_id) == len(items), "an address stands twice"
    stories = {}
    for line in out.splitlines():
        item, story = line.rsplit("\t", 1)
        stories.setdefault(story, []).append(by_id[item])

    if "-v" in sys.argv:
        for members in stories.values():
            if len(members) > 1:
                print("----")
                for i in members:
                    print(" ", i["published"][5:16], i["lang"], i["title"])

    wanted = {
        i["id"] for i in items if DINNER.search(i["url"] + " " + i["title"])
    }
    homes = {s for s, m in stories.items() for i in m if i["id"] in wanted}
    print("%d items, %d stories" % (len(items), len(stories)))
    fault = None
    if len(homes) != 1:
        fault = "the dinner is in %d stories" % len(homes)
    for home in homes:
        members = stories[home]
        outlets = {i["source"] for i in members}
        languages = {i["lang"] for i in members}
        print("the dinner: %d items, %d outlets, %s"
              % (len(members), len(outlets), " ".join(sorted(languages))))
        if len(homes) == 1 and (len(outlets) < 10 or len(languages) < 3):
            fault = "too few outlets or languages"
        for i in members:
            if i["id"] not in wanted:
                fault = "not about the dinner: " + i["title"]
    if fault:
        sys.exit(fault)


main()

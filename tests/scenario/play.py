"""Plays the scenarios of a folder. A file is one scenario:

  about      one sentence
  shows      what it shows: points of docs/PUBLISHERS.md, or rows of a table
  start      the wall clock at the start (2031-03-05T12:00:00Z, a Wednesday)
  names      name -> addresses, see stage.c; a list: one after the other. Names
             in the addresses of feeds that are not there get one of their own
  tls        name of another server -> its certificate, and "max", "h2", "port"
             and "at" (address, "*") as in server.py and stage.c
  daemon     more keys of [daemon]
  feeds      name -> keys of its [feed] section; "many": 9 makes nine of it,
             with the number for "%d" in the name and all keys
  rest       more sections
  steps      a list of steps, see below; or
  rows       name -> a feed and what becomes of it, see below

A step does, in this order:
  server     what the server answers from now on; "NAME:/path" is a path of the
             server NAME of "tls". "rss" is as in `network`, with so many spaces
             behind it as "pad" says; @NOW@, @NOW+60@: a
             date by the daemon's clock
  names, refuse   other names; {"ADDRESS": true or false}: nobody listens there
  deaf       a list of addresses where nobody takes what knocks, nor says no
  feeds, daemon   another configuration, and a reload
  do         a list: "pass 2h" (time goes on, and what is due happens),
             "finish" (no time but what is under way needs), "wall -1h" (the
             wall clock is set), "suspend 1d", "restart", "down 1d" (restart
             after so long), "kill" and start again, "fetch NAME", "force NAME",
             "await PATTERN" (until the log of this step has it),
             "once" (end the daemon, run --once, start it again),
             "touch FILE" (write @FILES@/FILE, see files), "api METHOD PATH",
             "verify HUB [LEASE]", "deny HUB", "tell HUB": what a hub does after
             the last form that its host/path was sent: with the challenge, and
             with a delivery; "verify HUB 404" when that is the answer to get
  files      name -> document for @FILES@/NAME, written before "do"
and then looks:
  asked      host/path -> headers of the request, or a list of those; others
             must not have come. A number: so many; [least, most]
  spread     host/path prefix -> {"gap": least seconds between two requests,
             "within": all within so many, "over": spread over so many,
             "at_once": open at the same time at most}
  why        feed -> of `gazettectl why --json`: "reason" (a pattern), "due_in"
             [least, most], "gone", "last" (the fault), "websub" (null or some
             of its keys; of "others" hub -> fault), and any key as it is
  items      feed -> number of its items
  same       true: what is stored is what was before the step
  log        patterns that the log of this step has; "!x": has not
  connects   addresses connected to in this step, all and in any order
  memory     MiB by which the daemon's peak may have grown

A row:
  feed       keys of its section
  server     as above, its paths begin with "/" and its own
  fault, text, reason, due_in, items, asked, connects, log: as above
  again      {"server", "do", and the checks} once more, after a fetch by hand
and of the file: do, what happens before looking; refuse, addresses where
nobody listens
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import server
from harness import *  # noqa: F403
from stage import *  # noqa: F403

HERE = os.path.dirname(os.path.abspath(__file__))


def with_body(answer):
    answer = dict(answer)
    if "rss" in answer:
        rows = [(r[0], r[1], r[2] if len(r) > 2 else None, "Text of " + r[1])
                for r in answer.pop("rss")]
        answer["body"] = rss(rows, head=answer.pop("head", "")) + " " * answer.pop("pad", 0)
        kind = [["Content-Type", "application/rss+xml"]]
        more = answer.get("headers", {})
        answer["headers"] = kind + [list(h) for h in (
            more.items() if isinstance(more, dict) else more)]
    return answer


def with_bodies(table):
    return {path: [with_body(a) for a in (v if isinstance(v, list) else [v])]
            for path, v in table.items()}


def replace(value, words):
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace(word, text)
        return value
    if isinstance(value, list):
        return [replace(v, words) for v in value]
    if isinstance(value, dict):
        return {replace(k, words): replace(v, words) for k, v in value.items()}
    return value


def crowd(feeds):
    """"many" of a feed: so many, with the number for each "%d"."""
    out = {}
    for name, keys in feeds.items():
        if "many" not in keys:
            out[name] = keys
            continue
        for i in range(keys["many"]):
            out[name % i] = {k: v.replace("%d", str(i)) for k, v in keys.items() if k != "many"}
    return out


class Certificates:
    """Made once for all scenarios, when one wants them."""
    folder = None

    @classmethod
    def get(cls, name):
        if cls.folder is None:
            cls.folder = tempfile.TemporaryDirectory()
            p = subprocess.run([os.path.join(HERE, "certs"), cls.folder.name])
            if p.returncode == 77:
                return None
            same(p.returncode, 0, "certs")
        return os.path.join(cls.folder.name, name + ".pem")


class Skipped(Exception):
    pass


class Play:
    """One scenario on its stage."""

    def __init__(self, case):
        self.case = case
        self.w = Stage(case.get("start", "2031-03-05T12:00:00Z"))
        self.servers = {"": server.Server({"*": {"status": 404}}, clock=self.w.clock)}
        self.seen_log = 0
        self.seen_connects = 0
        self.before = None
        self.deaf = []
        self.forms = {}  # host/path of a hub -> the last form it was sent
        try:
            self.build()
        except BaseException:
            self.close()
            raise

    def build(self):
        case = self.case
        main = self.servers[""]
        routes = {("*", 80): main.port}
        for name, t in case.get("tls", {}).items():
            pem = Certificates.get(t["cert"])
            if pem is None:
                raise Skipped("there is no openssl")
            s = server.Server({"*": {"status": 404}}, clock=self.w.clock)
            s.use_tls(pem, t.get("max"), t.get("h2"))
            s.label = name
            self.servers[name] = s
            routes[t.get("at", "*"), t.get("port", 443)] = s.port
            ca = Certificates.get("ca")
            with open(ca, encoding="ascii") as f:
                self.w.put("ca", f.read())
        if case.get("start", "") is None:  # the certificates are of just now
            self.w.clock.set_wall(time.time() + 1)
        for s in self.servers.values():
            s.start()
        self.w.set_routes(routes)
        self.words = {"@PORT@": str(main.port), "@FILES@": self.w.path("files")}
        os.mkdir(self.w.path("files"))
        self.case = replace(case, self.words)
        self.last_peak = 0
        self.names = {}
        self.set_names(self.case.get("names", {}))
        self.configure(self.case)

    def close(self):
        self.w.clock.end()
        self.w.close()
        for s in self.deaf:
            s.close()
        for s in self.servers.values():
            s.stop()

    def set_names(self, more):
        self.names.update(more)
        self.w.names(self.names)

    def configure(self, part):
        for key in ("daemon", "feeds", "rest"):
            if key in part:
                setattr(self, key, part[key])
        text = ""
        for name, keys in crowd(getattr(self, "feeds", {})).items():
            text += "[feed \"%s\"]\n" % name
            for key, value in keys.items():
                text += "%s = %s\n" % (key, value)
                if key == "url":
                    self.name_host(value)
        self.w.names(self.names)
        self.w.configure(getattr(self, "daemon", ""), text + getattr(self, "rest", ""))

    def name_host(self, url):
        m = re.match(r"https?://(?:[^@/]*@)?([a-z0-9.-]*[a-z])[:/]", url)
        if m and m.group(1) not in self.names and m.group(1) != "localhost":
            self.names[m.group(1)] = "23.0.%d.%d" % divmod(len(self.names), 250)

    # ---- what happens

    def load(self, table):
        parts = {name: {} for name in self.servers}
        for path, answers in table.items():
            name, colon, rest = path.partition(":/")
            if colon and name in parts:
                parts[name]["/" + rest] = answers
            else:
                parts[""][path] = answers
        for name, part in parts.items():
            if part or name == "":
                part.setdefault("*", {"status": 404})
                self.servers[name].scenario.load(with_bodies(part))

    def do(self, text):
        verb, _, rest = text.partition(" ")
        w = self.w
        if verb == "pass":
            w.run(seconds(rest))
        elif verb == "finish":
            w.finish()
        elif verb == "wall":
            w.jump_wall(seconds(rest))
        elif verb == "suspend":
            w.suspend(seconds(rest))
        elif verb in ("restart", "down"):
            w.stop()
            if verb == "down":
                w.clock.jump(seconds(rest))
            w.start()
            w.idle()
        elif verb == "kill":
            w.stop(signal.SIGKILL)
            w.start()
            w.idle()
        elif verb in ("fetch", "force"):
            w.post("/api/1/fetch?feed=%s%s" % (
                rest.replace(" ", "%20"), "&force=yes" if verb == "force" else ""))
            w.idle()
        elif verb == "once":
            w.stop()
            w.once(int(rest or 0))
            w.start()
            w.idle()
        elif verb == "await":
            w.wait(lambda: re.search(rest, w.logged()[self.seen_log:]), "%r is logged" % rest)
            w.idle()
        elif verb in ("verify", "deny", "tell"):
            self.hub_does(verb, *rest.split())
        elif verb == "api":
            method, _, target = rest.partition(" ")
            status, _, body = w.request(method, target)
            expect(status == 200, "%s: %d %r" % (text, status, body))
            w.idle()
        else:
            raise Failure("no such deed: " + text)

    def note_forms(self):
        for e in self.record():
            if e["method"] == "POST":
                form = dict(urllib.parse.parse_qsl(e["body"]))
                self.forms[e["host"] + e["target"]] = form

    def hub_does(self, verb, hub, more="864000"):
        self.note_forms()
        expect(hub in self.forms, "%s was never asked" % hub)
        form = self.forms[hub]
        target = urllib.parse.urlsplit(form["hub.callback"]).path
        want = 404 if more == "404" else 202 if verb == "tell" else 200
        if verb == "tell":
            status, _, body = self.w.request("POST", target, b"")
        else:
            q = {"hub.mode": "denied" if verb == "deny" else form["hub.mode"],
                 "hub.topic": form["hub.topic"], "hub.challenge": "chal lenge",
                 "hub.lease_seconds": "864000" if more == "404" else more}
            status, _, body = self.w.get(target + "?" + urllib.parse.urlencode(q))
        same(status, want, "%s %s" % (verb, hub))
        if verb == "verify" and want == 200:
            same(body, b"chal lenge", "challenge")
        self.w.idle()

    def deaf_port(self):
        """A queue of connections that is full."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        self.deaf = [listener]
        for _ in range(4):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(listener.getsockname())
            self.deaf.append(s)
        return listener.getsockname()[1]

    def files(self, table):
        for i, (name, content) in enumerate(table.items()):
            if isinstance(content, list):
                content = rss([(r[0], r[1], None, "Text") for r in content])
            # An age of its own for each writing, whatever the real clock.
            self.age = getattr(self, "age", 1000000000) + 1
            os.chmod(self.w.write("files/" + name, content, mtime=self.age), 0o600)

    def play(self):
        first = True
        for number, step in enumerate(self.case["steps"], 1):
            try:
                self.step(step, first)
            except Failure as e:
                raise Failure("step %d: %s" % (number, e))
            first = False
        self.w.stop()

    def step(self, step, first=False):
        w = self.w
        self.note_forms()
        for s in self.servers.values():
            s.record.clear()
        if "server" in step:
            self.load(step["server"])
        if "names" in step:
            self.set_names(step["names"])
        if "refuse" in step:
            w.set_routes({(a, 80): 0 if on else self.servers[""].port
                          for a, on in step["refuse"].items()})
        if "deaf" in step:
            w.set_routes({(a, 80): self.deaf_port() for a in step["deaf"]})
            w.deaf = len(step["deaf"])
        self.files(step.get("files", {}))
        if first:
            w.start()
            w.idle()
        elif "feeds" in step or "daemon" in step or "rest" in step:
            self.configure(step)
            count = w.logged().count("event=reloaded")
            w.send(signal.SIGHUP)
            w.wait(lambda: w.logged().count("event=reloaded") > count, "the reload")
            w.idle()
        for deed in step.get("do", ["finish"]):
            self.do(deed)
        self.check(step)

    # ---- what is looked at

    def record(self):
        out = [e for s in self.servers.values() for e in s.record.entries]
        return sorted(out, key=lambda e: e["time"])

    def check(self, step):
        w = self.w
        log = w.logged()
        new_log, self.seen_log = log[self.seen_log:], len(log)
        connects = w.connects()
        new_connects = connects[self.seen_connects:]
        self.seen_connects = len(connects)
        try:
            if "asked" in step:
                check_asked(step["asked"], self.record())
            for prefix, rule in step.get("spread", {}).items():
                self.check_spread(prefix, rule)
            for name, wanted in step.get("why", {}).items():
                check_why(name, wanted, w.why(name))
            items = w.stored("items") if "items" in step or "same" in step else []
            for name, count in step.get("items", {}).items():
                same(sum(i["feed"]["name"] == name for i in items), count, "items of " + name)
            if "same" in step:
                if step["same"]:
                    same(items, self.before, "what is stored")
                self.before = items
            for pattern in step.get("log", []):
                check_log(pattern, new_log)
            if "memory" in step and "-fsanitize" not in os.environ.get("GAZ_CFLAGS", ""):
                grown = (self.peak() - self.last_peak) / 1024
                expect(grown < step["memory"], "memory grew by %.1f MiB" % grown)
            self.last_peak = self.peak()
            if "connects" in step:
                same(sorted(new_connects), sorted(step["connects"]), "connections")
        except Failure as e:
            lines = new_log.split("\n")
            raise Failure("%s\nlog of this step:\n%s" % (e, "\n".join(lines[:5] + lines[5:][-25:])))

    def peak(self):
        with open("/proc/%d/status" % self.w.process.pid, encoding="ascii") as f:
            return int(re.search(r"VmHWM:\s*([0-9]+)", f.read()).group(1))

    def check_spread(self, prefix, rule):
        times = [e["time"] for e in self.record()
                 if ((e["host"] or "") + e["target"]).startswith(prefix)]
        expect(len(times) > 1, "%d requests for %s" % (len(times), prefix))
        gaps = [b - a for a, b in zip(times, times[1:])]
        span = times[-1] - times[0]
        if "gap" in rule:
            expect(min(gaps) >= rule["gap"], "%s: a gap of %.2f s" % (prefix, min(gaps)))
        if "within" in rule:
            expect(span <= rule["within"], "%s: within %.0f s" % (prefix, span))
        if "over" in rule:
            expect(span >= rule["over"], "%s: over %.0f s" % (prefix, span))
        if "in_a_minute" in rule:
            most = max(sum(1 for u in times if t <= u < t + 60) for t in times)
            expect(most <= rule["in_a_minute"], "%s: %d in a minute" % (prefix, most))
        if "at_once" in rule:
            same(self.servers[""].stats.most, rule["at_once"], "connections at once")


def key_of(entry, wanted):
    path = entry["target"].partition("?")[0]
    for key in (entry["target"], path):
        if key in wanted or (entry["host"] or "") + key in wanted:
            return key if key in wanted else (entry["host"] or "") + key
    for key in wanted:
        if key.endswith("*") and (path.startswith(key[:-1]) or (
                (entry["host"] or "") + path).startswith(key[:-1])):
            return key
    return (entry["host"] or "") + path


def check_asked(wanted, record):
    got = {}
    for entry in record:
        got.setdefault(key_of(entry, wanted), []).append(entry)
    for key, rule in wanted.items():
        entries = got.pop(key, [])
        if isinstance(rule, int):
            same(len(entries), rule, "requests for " + key)
            continue
        if isinstance(rule, list) and rule and isinstance(rule[0], int):
            expect(rule[0] <= len(entries) <= rule[1], "%d requests for %s, want %r"
                   % (len(entries), key, rule))
            continue
        rule = rule if isinstance(rule, list) else [rule]
        same(len(entries), len(rule), "requests for " + key)
        for entry, headers in zip(entries, rule):
            check_headers(key, entry, headers)
    expect(not got, "asked for without need: %s" % ", ".join(
        "%s (%d)" % (k, len(v)) for k, v in got.items()))


def check_headers(key, entry, headers):
    sent = {name.lower(): value for name, value in entry["headers"]}
    for name, value in headers.items():
        if name in ("method", "target"):
            same(entry[name], value, "%s of the request for %s" % (name, key))
        elif isinstance(value, str) and value.startswith("~"):
            expect(re.search(value[1:], sent.get(name) or ""), "%s of the request for "
                   "%s: %r is not like %s" % (name, key, sent.get(name), value))
        else:
            same(sent.get(name), value, "%s of the request for %s" % (name, key))


def check_why(name, wanted, got):
    for key, value in wanted.items():
        if key == "reason":
            expect(re.search(value, got["next_reason"] or ""), "%s: the reason %r is not "
                   "like %r" % (name, got["next_reason"], value))
        elif key == "due_in":
            due = got.get("due_in")
            if value is None:
                same(due, None, name + ": due in")
            else:
                expect(due is not None and seconds(value[0]) - 2 <= due <= seconds(value[1]),
                       "%s: due in %r s (%s), want %r" % (name, due, got["next_reason"], value))
        elif key == "last":
            same(got["history"][0]["fault"] if got["history"] else None, value,
                 name + ": the last fault")
        elif key == "fetches":
            same(len(got["history"]), value, name + ": fetches")
        elif key == "websub":
            check_websub(name, value, got["websub"])
        elif key == "text":
            expect(re.search(value, got["fault_text"] or ""), "%s: the text %r is not like %r"
                   % (name, got["fault_text"], value))
        else:
            same(got.get(key), value, "%s: %s" % (name, key))


def check_websub(name, wanted, got):
    if wanted is None or got is None:
        same(got, wanted, name + ": websub")
        return
    got = dict(got, others={o["hub"]: o["fault"] for o in got["others"]})
    for key, value in wanted.items():
        same(got.get(key), value, "%s: websub: %s" % (name, key))


def check_log(pattern, log):
    if pattern.startswith("!"):
        expect(not re.search(pattern[1:], log), "%r is in the log" % pattern[1:])
    else:
        expect(re.search(pattern, log), "%r is not in the log" % pattern)


# ---- rows: many feeds of one daemon, each a test

CHECKS = ("fault", "text", "reason", "due_in", "items", "asked", "connects", "log", "url",
          "gone", "failures", "http_status")


def mine(row, entries):
    paths = tuple(row.get("paths", ["/" + row["short"] + "/"]))
    return [e for e in entries if e["target"].startswith(paths)]


def check_row(p, name, row, wanted, state):
    why = p.w.why(name)
    for key in wanted:
        if key in ("reason", "due_in", "text", "fault", "url", "gone", "failures",
                   "http_status"):
            check_why(name, {key: wanted[key]}, why)
    if "items" in wanted:
        same(sum(i["feed"]["name"] == name for i in state["items"]), wanted["items"], "items")
    if "asked" in wanted:
        check_asked(wanted["asked"], mine(row, state["record"]))
    for pattern in wanted.get("log", []):
        check_log(pattern, state["log"])
    if "connects" in wanted:
        addresses = [a for a in state["connects"] if a in row["addresses"]]
        same(sorted(addresses), sorted(wanted["connects"]), "connections")


def play_rows(case, out):
    """out: row -> what failed, or None."""
    rows = case["rows"]
    table, feeds, names = {}, {}, dict(case.get("names", {}))
    for name, row in rows.items():
        row["short"] = name.split("_")[0]
        table.update(row.get("server", {}))
        feeds[name] = row["feed"]
        names.update(row.get("names", {}))
        row["addresses"] = re.findall(r"[0-9a-fA-F.:]*[.:][0-9a-fA-F.:]+",
                                      json.dumps(row.get("names", {}))) + row.get("watch", [])
    p = Play(dict(case, feeds=feeds, names=names, steps=[]))
    try:
        p.load(replace(table, p.words))
        p.files(case.get("files", {}))
        p.w.set_routes({(a, 80): 0 for a in case.get("refuse", [])})
        p.w.start()
        p.w.idle()
        for deed in case.get("do", ["finish"]):
            p.do(deed)
        look(p, rows, out, lambda row: row)
        again = {n: r for n, r in rows.items() if "again" in r}
        if again:
            for s in p.servers.values():
                s.record.clear()
            for row in again.values():
                table.update(row["again"].get("server", {}))
            p.load(replace(table, p.words))
            for name, row in again.items():
                for deed in row["again"].get("do", ["fetch " + name]):
                    p.do(deed)
            p.do("finish")
            look(p, again, out, lambda row: row["again"])
        p.w.stop()
    finally:
        p.close()


def look(p, rows, out, part):
    state = {"items": p.w.stored("items"), "record": p.record(), "log": p.w.logged(),
             "connects": p.w.connects()}
    for name, row in rows.items():
        if out.get(name) is not None:
            continue
        try:
            check_row(p, name, row, replace(part(row), p.words), state)
            out[name] = None
        except Failure as e:
            lines = [x for x in state["log"].split("\n") if "\"%s\"" % name in x]
            out[name] = "%s\n%s" % (e, "\n".join(lines))


# ---- what there must be a test for

def named(folder):
    for name, case in load_folder(folder):
        yield from case.get("rows", [name])


def check_page(page, others):
    """Each point of the page has a row, and each test that it names is there."""
    with open(page, encoding="utf-8") as f:
        lines = f.read().split("\n")
    points = [int(m.group(1)) for m in (re.match(r"\| ([0-9]+) \|", x) for x in lines) if m]
    same(points, list(range(1, 23)), "points of " + page)
    there = set(named("points")) | set(named("threats")) | others
    for line in lines:
        for name in re.findall(r"`([pb][0-9][0-9][a-z0-9_]*)`", line):
            expect(name in there, "%s names %s, which is no test" % (page, name))


def check_ids(least, most, others):
    """Each row of the table of threats has a test with its number in the name."""
    there = set(named("points")) | set(named("threats")) | others
    for number in range(least, most + 1):
        expect(any(re.search(r"(^|_)b%02d(_|$)" % number, name) for name in there),
               "no test is named after B%02d" % number)


def tests_of(script):
    """Names of the tests in a script that is no folder of files."""
    p = subprocess.run([sys.executable, os.path.join(HERE, script), "--list"],
                       stdout=subprocess.PIPE, check=True)
    return set(p.stdout.decode().split())


# ---- the tests of a folder

def play_steps(case):
    try:
        p = Play(case)
    except Skipped as e:
        print("       (%s: skipped)" % e)
        return
    try:
        p.play()
    finally:
        p.close()


def load_folder(folder):
    path = os.path.join(HERE, "cases", folder)
    for name in sorted(os.listdir(path)):
        if name.endswith(".json"):
            with open(os.path.join(path, name), encoding="utf-8") as f:
                yield name[:-5], json.load(f)


def one_row(case, name, results):
    if not results:
        try:
            play_rows(case, results)
        except Skipped as e:
            print("       (%s: skipped)" % e)
            results.update({n: None for n in case["rows"]})
        except Failure as e:
            results.update({n: str(e) for n in case["rows"] if n not in results})
    if results.get(name) is not None:
        raise Failure(results[name])


def tests(folder):
    need_stage()
    out = {}
    for name, case in load_folder(folder):
        if "rows" in case:
            results = {}
            for row in case["rows"]:
                out["test_" + row] = (lambda c=case, r=row, x=results: one_row(c, r, x))
        else:
            out["test_" + name] = (lambda c=case: play_steps(c))
    return out

"""The real daemon on a stage (stage.c): its clock goes as the test says, its
names resolve as the test says, its network is this machine alone, and every
connection it opens is on a list."""
import calendar
import email.utils
import mmap
import os
import re
import struct
import subprocess
import sys
import threading
import time

import server
from harness import *  # noqa: F403

LIBRARY = os.path.join(BUILD, "tests", "scenario", "stage.so")  # noqa: F405
NS = 10 ** 9
SLOW = 20  # as in stage.c
FIELDS = ("mono", "wall", "boot", "start", "until", "sleeps", "hanging")
UNITS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400, "y": 365 * 86400}


def seconds(text):
    """"90s", "-1h", "1 y": seconds."""
    m = re.fullmatch(r"\s*([+-]?[0-9.]+)\s*(ms|s|min|h|d|y)\s*", str(text))
    expect(m, "%r is no time" % text)  # noqa: F405
    return float(m.group(1)) * UNITS[m.group(2)]


def utc(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class Clock(server.Clock):
    """The daemon's clocks, and the servers' sleep by them."""

    def __init__(self, path):
        with open(path, "wb") as f:
            f.write(bytes(8 * len(FIELDS)))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)
        self.add("start", time.monotonic())
        self.turn = threading.Condition()
        self.sleepers = []  # when they wake
        self.held = 0
        self.over = False

    def get(self, name):
        return struct.unpack_from("q", self.map, 8 * FIELDS.index(name))[0]

    def add(self, name, s):
        at = 8 * FIELDS.index(name)
        struct.pack_into("q", self.map, at, self.get(name) + round(s * NS))

    def slowness(self):
        return (time.monotonic() - self.get("start") / NS) * (1 - 1 / SLOW)

    def now(self):
        return time.monotonic() + self.get("mono") / NS - self.slowness()

    def wall(self):
        return time.time() + self.get("wall") / NS - self.slowness()

    def set_wall(self, t):
        self.add("wall", t - self.wall())

    def until(self):
        """When the daemon's loop wants to wake; None: never."""
        t = self.get("until")
        return None if t < 0 else t / NS

    def jump(self, s):
        """Time passes, at once; who slept no longer than that is awake."""
        with self.turn:
            self.add("wall", s)
            self.add("mono", s)
            self.turn.notify_all()
            self.turn.wait_for(lambda: not any(t <= self.now() for t in self.sleepers),
                               PATIENCE)  # noqa: F405

    def end(self):
        with self.turn:
            self.over = True
            self.turn.notify_all()

    # for the servers

    def sleep(self, s):
        with self.turn:
            end = self.now() + s
            self.sleepers.append(end)
            while not self.over and self.now() < end:
                self.turn.wait(min(end - self.now(), 1))
            self.sleepers.remove(end)
            self.turn.notify_all()

    def hold(self, sock):
        with self.turn:
            self.held += 1
        try:
            super().hold(sock)
        finally:
            with self.turn:
                self.held -= 1

    def stuck(self):
        with self.turn:
            return len(self.sleepers) + self.held

    def fill(self, spec):
        def date(m):
            return email.utils.formatdate(self.wall() + float(m.group(1) or 0), usegmt=True)
        if isinstance(spec, str):
            return re.sub(r"@NOW([+-][0-9]+)?@", date, spec)
        if isinstance(spec, list):
            return [self.fill(v) for v in spec]
        if isinstance(spec, dict):
            return {k: self.fill(v) for k, v in spec.items()}
        return spec


class Stage(World):  # noqa: F405
    """names: name -> one answer or a list of them, one after the other; an
    answer is as in stage.c. start: the wall clock's time, None: the real one."""

    def __init__(self, start="2031-03-05T12:00:00Z"):
        self.folder = None
        self.deaf = 0  # connections that nobody takes
        super().__init__()
        self.folder = self.path("stage")
        os.mkdir(self.folder)
        self.clock = Clock(os.path.join(self.folder, "clock"))
        if start:
            self.clock.set_wall(utc(start))
        self.routes = {}
        self.names({})
        self.set_routes({})

    def put(self, name, text):
        """All at once, for it is read at any time."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".new", path)

    def names(self, table):
        lines = ["localhost 127.0.0.1,::1\n"] if "localhost" not in table else []
        for name, answers in table.items():
            answers = answers if isinstance(answers, list) else [answers]
            lines += ["%s %s\n" % (name, a) for a in answers]
        self.put("names", "".join(lines))

    def set_routes(self, table):
        """(address or "*", port) -> port of this machine; 0 refuses."""
        self.routes.update(table)
        self.put("routes", "".join("%s %d %d\n" % (a, p, to)
                                   for (a, p), to in self.routes.items()))

    def connects(self):
        """Addresses that were connected to."""
        try:
            with open(os.path.join(self.folder, "connects"), encoding="ascii") as f:
                return [line.split()[0] for line in f]
        except FileNotFoundError:
            return []

    def configure(self, daemon="", rest=""):
        usual = {"state-directory": self.path("state"), "control-socket": self.socket,
                 "listen": "127.0.0.1:0", "host-gap": "0", "workers": "1"}
        own = {line.split("=")[0].strip() for line in daemon.split("\n")}
        text = "[daemon]\n" + "".join("%s = %s\n" % pair for pair in usual.items()
                                      if pair[0] not in own) + daemon + "\n"
        if "[store]" not in rest:
            rest += "[store]\ncommit-interval = 1ms\n"
        # What this machine has installed is not to matter, nor to take time.
        rest += "[stories]\ndictionaries = no\n"
        self.write("gazetted.conf", text + rest)
        os.chmod(self.conf, 0o600)

    def environment(self):
        out = {"LD_PRELOAD": LIBRARY, "GAZ_STAGE": self.folder}
        # The runtime of a sanitizer wants to be first, and need not be.
        out["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return out

    def start(self, env=None):
        super().start(dict(self.environment(), **(env or {})))
        if self.clock.get("sleeps") == 0:
            print("skipped: the program does not come onto the stage")
            os._exit(77)

    def once(self, status=0, *more):
        p = subprocess.run([*UNDER, GAZETTED, "-c", self.conf, "--once", "-v", *more],  # noqa: F405
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=10 * PATIENCE,  # noqa: F405
                           env=dict(os.environ, **self.environment()))
        self.log = p.stderr.decode("utf-8", "replace")
        same(p.returncode, status, "exit status of --once; log:\n" + self.log)  # noqa: F405
        return self.log

    # ---- time

    def work(self):
        return self.api("status")["work"]

    def is_idle(self):
        """Nothing happens any more without time passing."""
        self.last = w = self.work()
        stuck = self.clock.stuck()
        if not any(w[key] for key in ("feeds", "fetching", "parsing", "storing")):
            return True  # though a server may not know yet that nobody listens
        return (w["parsing"] == w["storing"] == 0 and
                w["feeds"] <= w["fetching"] + w["waiting"] and
                stuck <= w["fetching"] <= stuck + self.clock.get("hanging") + self.deaf)

    def idle(self):
        """To ask wakes the loop, which looks at the clock before it answers."""
        end = time.monotonic() + PATIENCE  # noqa: F405
        while not self.is_idle():
            expect(time.monotonic() < end, "waited in vain until the daemon rests: %r; "  # noqa: F405
                   "%d stuck; log:\n%s" % (self.last, self.clock.stuck(),
                                           self.logged()[-2000:]))
            time.sleep(0.001)
        return self.last

    def run(self, s):
        """Time passes as it does, without stopping for anything: what is due in
        between happens when it is due."""
        end = self.clock.now() + s
        while True:
            w = self.idle()
            now = self.clock.now()
            if now >= end:
                return
            until = self.clock.until()
            if w["feeds"] > 0 or (until and until - now < 2):
                step = max(min(until - now if until else 1, 1), 0.05)
            else:
                step = max(w["due_in"], 0.05) if w["due_in"] is not None else end - now
            self.clock.jump(min(step, end - now))

    def finish(self):
        """Until nothing is under way."""
        while self.idle()["feeds"] > 0:
            self.run(0.5)

    def jump_wall(self, s):
        self.clock.add("wall", s)
        self.idle()

    def suspend(self, s):
        """The machine sleeps: the monotonic clock does not see it."""
        self.clock.add("wall", s)
        self.clock.add("boot", s)
        self.idle()

    def why(self, name):
        return self.api("why?feed=" + name)

    def close(self):
        if self.folder:
            self.clock.end()
        super().close()


def need_stage():
    if not os.path.exists(LIBRARY):
        print("skipped: %s is not built" % LIBRARY)
        sys.exit(77)

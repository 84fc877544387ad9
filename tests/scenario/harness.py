"""Runs the real daemon for a test: a folder of its own, a configuration, a
control socket. Python 3's standard library only."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("GAZ_BUILDDIR", os.getcwd())
GAZETTED = os.path.join(BUILD, "gazetted")
UNDER = os.environ.get("GAZ_UNDER", "").split()  # such as valgrind with its options
GAZETTECTL = os.path.join(BUILD, "gazettectl")
PATIENCE = int(os.environ.get("GAZ_PATIENCE", 60))  # seconds until something that must come is given up


class Failure(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def same(got, want, what):
    expect(got == want, "%s: got %r, want %r" % (what, got, want))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


def short_folder():
    """Where a folder may stand so that a socket's name in it is not too long."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) <= 60 else "/tmp"


class World:
    """A folder with a configuration; at most one daemon at a time."""
    open = []

    def __init__(self, daemon="", rest=""):
        self.dir = tempfile.mkdtemp(prefix="gz", dir=short_folder())
        World.open.append(self)
        self.conf = self.path("gazetted.conf")
        self.socket = self.path("control.sock")
        self.store = self.path("state/gazetted.db")
        self.process = None
        self.log = ""
        self.configure(daemon, rest)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content, mtime=None):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        if mtime is not None:
            os.utime(path, (mtime, mtime))
        return path

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def configure(self, daemon="", rest=""):
        self.write("gazetted.conf", """[daemon]
state-directory = %s
control-socket = %s
listen = 127.0.0.1:0
host-gap = 0
allow-private = 127.0.0.0/8
workers = 1
%s
%s
""" % (self.path("state"), self.socket, daemon, rest))
        os.chmod(self.conf, 0o600)

    # ---- one run

    def once(self, status=0, *more):
        p = subprocess.run([*UNDER, GAZETTED, "-c", self.conf, "--once", "-v", *more],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=10 * PATIENCE)
        self.log = p.stderr.decode("utf-8", "replace")
        expect(p.returncode == status, "--once: exit status %d, want %d; log:\n%s"
               % (p.returncode, status, self.log))
        return self.log

    # ---- a daemon

    def start(self, env=None):
        self.log_file = open(self.path("log"), "ab")
        self.process = subprocess.Popen([*UNDER, GAZETTED, "-c", self.conf, "-v"],
                                        stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log_file,
                                        env=dict(os.environ, **(env or {})))
        self.wait(lambda: self.ready(), "the daemon is ready")

    def ready(self):
        expect(self.process.poll() is None, "the daemon ended with %s; log:\n%s"
               % (self.process.returncode, self.logged()))
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            expect(time.monotonic() < end, "waited in vain until %s; log:\n%s"
                   % (what, self.logged()))
            time.sleep(0.02)

    def logged(self):
        try:
            return self.read("log").decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, status=0):
        self.send(number)
        got = self.process.wait(timeout=PATIENCE)
        self.process = None
        self.log_file.close()
        want = -number if number == signal.SIGKILL else status
        same(got, want, "exit status; log:\n" + self.logged())

    def request(self, method, target, body=None, headers={}):
        c = UnixConnection(self.socket)
        try:
            c.request(method, target, body, headers)
            r = c.getresponse()
            return r.status, dict((k.lower(), v) for k, v in r.getheaders()), r.read()
        finally:
            c.close()

    def get(self, target, headers={}):
        return self.request("GET", target, None, headers)

    def post(self, target, body=b"", status=200):
        got, _, text = self.request("POST", target, body)
        expect(got == status, "POST %s: %d %s" % (target, got, text))
        return json.loads(text)

    def api(self, target):
        status, _, body = self.get("/api/1/" + target)
        expect(status == 200, "%s: %d %s" % (target, status, body))
        return json.loads(body)

    # ---- what is stored, with or without a daemon

    def ctl(self, *arguments, status=0):
        p = subprocess.run([GAZETTECTL, *arguments], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=10 * PATIENCE)
        expect(p.returncode == status, "gazettectl %s: exit status %d, want %d\n%s%s"
               % (" ".join(arguments), p.returncode, status,
                  p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")))
        return p.stdout.decode()

    def stored(self, what, *filters):
        text = self.ctl("--store", self.store, what, "--json", "--limit", "10000", *filters)
        return json.loads(text)[what]

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        shutil.rmtree(self.dir, ignore_errors=True)
        if self in World.open:
            World.open.remove(self)


def rss(items, title="A paper", head=""):
    """items: (guid, title, RFC 822 date or None, text)"""
    out = ['<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
           "<title>%s</title><link>https://paper.example/</link>%s" % (title, head)]
    for guid, name, date, text in items:
        out.append("<item><guid isPermaLink='false'>%s</guid><title>%s</title>"
                   "<link>https://paper.example/%s</link>%s<description>%s</description></item>"
                   % (guid, name, guid, "<pubDate>%s</pubDate>" % date if date else "", text))
    out.append("</channel></rss>")
    return "".join(out)


def feed(name, **keys):
    return "[feed \"%s\"]\n" % name + "".join(
        "%s = %s\n" % (k.replace("_", "-"), v) for k, v in keys.items())


def run(tests):
    """Each function named test_… gets nothing and raises when it fails."""
    if not os.access(GAZETTED, os.X_OK):
        print("skipped: %s is not built" % GAZETTED)
        sys.exit(77)
    wanted = sys.argv[1:]
    failed = 0
    for name, function in sorted(tests.items()):
        if not name.startswith("test_") or not callable(function):
            continue
        if wanted and name not in wanted:
            continue
        try:
            function()
            print("ok     %s" % name)
        except (Failure, OSError, ValueError, KeyError, IndexError,
                subprocess.SubprocessError) as e:
            failed += 1
            print("FAILED %s: %s: %s" % (name, type(e).__name__, e))
        for world in list(World.open):
            world.close()
        sys.stdout.flush()
    sys.exit(1 if failed else 0)

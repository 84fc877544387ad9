"""Load every attempt in a browser, cleaned, and see that nothing runs.

Each attempt is a document of its own in a frame, so that none can hide what
another does. In front of it stands a hook that tells the server of every
alert(); when the document has loaded, the hook clicks on and points at all
that is there, writes it a second time through innerHTML, and looks whether the
tree is the one that was meant. Every host name leads to the same server: what
asks it for a script gets one that calls alert(), and whatever is asked for but
a picture or a film counts as much as a script that ran.

The attempts are loaded as they are, too: a hook that sees nothing would find
everything clean.
"""
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

chromium, srcdir, cleaner = sys.argv[1:4]
# the browser must not outlive a test that is told to stop
signal.signal(signal.SIGTERM, lambda *args: sys.exit(1))
# so many of the attempts work in a browser as they are, at the least
RAW_MIN = 300

# The page's policy, as the server sends it; frames are this test's own way.
with open(srcdir + "/src/http/reply.c", encoding="utf-8") as f:
    header = re.search(r'"Content-Security-Policy",((?:\s*"[^"]*")+)\)',
                       f.read()).group(1)
POLICY = "".join(re.findall(r'"([^"]*)"', header))
assert "frame-ancestors 'none'" in POLICY and "default-src 'none'" in POLICY
POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

HOOK = """
(function () {
  var id = location.pathname, doc = document, parent = window.parent;
  var all = Document.prototype.querySelectorAll, late = window.setTimeout;
  var log = parent.seen;
  function ran(what) { log(id, String(what)); }
  ["alert", "confirm", "prompt", "print", "open"].forEach(function (name) {
    Object.defineProperty(window, name, { configurable: false,
      writable: false, value: function () { ran(name); } });
  });
  var allowed = /^(https?:|mailto:)/;
  window.addEventListener("click", function (e) {
    var a = e.target.closest && e.target.closest("a, area");
    if (a && typeof a.href === "string" && allowed.test(a.href))
      e.preventDefault();
  }, true);
  function act(e) {
    ["mouseover", "mousemove", "mouseenter", "mousedown", "mouseup",
      "pointerenter", "pointermove", "wheel", "contextmenu", "dblclick",
      "keydown", "touchstart", "input", "change", "submit", "toggle",
      "beforetoggle", "scroll", "animationstart", "transitionend", "paste",
      "copy", "drag", "load", "error"].forEach(function (name) {
      e.dispatchEvent(new Event(name, { bubbles: true, cancelable: true }));
    });
    if (HTMLElement.prototype.isPrototypeOf(e)) {
      HTMLElement.prototype.focus.call(e);
      HTMLElement.prototype.blur.call(e);
      HTMLElement.prototype.click.call(e);
    } else {
      e.dispatchEvent(new MouseEvent("click", { bubbles: true,
        cancelable: true }));
    }
  }
  function look() {
    var last = all.call(doc, "#hold ~ #end");
    if (last.length !== 1 || last[0].parentNode !== doc.body ||
        doc.body.children.length !== 2)
      ran("left its place");
    all.call(doc, "#hold, #hold *").forEach(function (e) {
      if (e.namespaceURI !== "http://www.w3.org/1999/xhtml")
        ran("namespace of " + e.tagName);
      if (/^(script|style|i?frame|object|embed|form|input|button|base|meta|link|template|svg|math)$/i.test(e.localName))
        ran("element " + e.tagName);
      for (var i = 0; i < e.attributes.length; i++) {
        var name = e.attributes[i].name;
        if (/^(on|style|srcdoc|name|form|ping)/.test(name) ||
            (name === "id" && e.id !== "hold"))
          ran("attribute " + name);
      }
      if (e.href && !allowed.test(e.href))
        ran("href " + e.href);
    });
  }
  function poke(cleaned) {
    if (cleaned)
      look();
    all.call(doc, "*").forEach(function (e) {
      if (e.ownerDocument === doc)
        act(e);
    });
    var hold = all.call(doc, "#hold")[0];
    if (!hold)
      return;
    var before = hold.innerHTML;
    hold.innerHTML = before;
    if (cleaned && hold.innerHTML !== before)
      ran("changes when written again");
    if (cleaned)
      look();
    all.call(hold.ownerDocument, "#hold *").forEach(act);
  }
  window.addEventListener("message", function (e) {
    if (e.source !== parent || e.data.poke === undefined)
      return;
    try {
      poke(e.data.poke);
    } catch (x) {
      ran("hook failed: " + x);
    }
    // the events of pictures that have failed, of timers and of focus
    late(function () { parent.postMessage({ done: id }, "*"); }, 30);
  });
})();
"""

OUTER = """
var next = 0, busy = {}, found = [], finished = 0;
function seen(id, what) { found.push([id, what]); }
function start() {
  if (next >= config.n) {
    if (finished === config.n) {
      finished = -1;
      fetch("/result", { method: "POST", body: JSON.stringify(found) });
    }
    return;
  }
  var id = "/" + config.set + "/" + next++, frame =
    document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-same-origin allow-forms";
  frame.style = "width:300px;height:200px";
  busy[id] = frame;
  frame.onload = function () {
    frame.onload = null;
    frame.contentWindow.postMessage({ poke: config.cleaned }, "*");
  };
  // an attempt as it is may lead its frame elsewhere, and never answer
  frame.late = setTimeout(function () {
    if (config.cleaned)
      found.push([id, "no answer"]);
    end(id);
  }, config.patience);
  frame.src = id;
  document.body.append(frame);
}
function end(id) {
  var frame = busy[id];
  if (!frame)
    return;
  clearTimeout(frame.late);
  delete busy[id];
  frame.remove();
  finished++;
  start();
}
window.onmessage = function (e) {
  if (e.data && e.data.done)
    end(e.data.done);
};
for (var i = 0; i < 16; i++)
  start();
"""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8ffff3f0005fe02fea735814f0000000049454e44ae426082")


def unescape(line):
    codes = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"0": b"\0"}
    return re.sub(rb"\\(?:x([0-9A-Fa-f]{2})|([ntr0])|(.))", lambda m:
                  bytes([int(m[1], 16)]) if m[1] else
                  codes[m[2]] if m[2] else m[0], line)


def clean(attempts, how):
    data = b"".join(b"%d\n%s" % (len(a), a) for a in attempts)
    out = subprocess.run([cleaner, how], input=data, check=True,
                         capture_output=True).stdout
    result = []
    while out:
        n, out = out.split(b"\n", 1)
        result.append(out[:int(n)])
        out = out[int(n):]
    assert len(result) == len(attempts)
    return result


class Set:
    """One way of showing all the attempts."""

    def __init__(self, name, documents, policy, cleaned):
        self.name, self.documents = name, documents
        self.policy, self.cleaned = policy, cleaned
        self.strange = []
        self.found = None
        self.over = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, body, kind, policy=None, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if policy:
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/result" and self.is_own():
            current.found = json.loads(body)
            self.answer(b"", "text/plain")
            current.over.set()
            return
        self.strange()
        self.answer(b"", "text/plain")

    def strange(self):
        # the browser asks its maker for the time and for news of itself
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if not host.endswith((".google.com", ".googleapis.com", ".gvt1.com")):
            current.strange.append("%s http://%s%s (from %s)" % (
                self.command, host, self.path, self.headers.get("Referer")))

    def is_own(self):
        return self.headers.get("Host") == "127.0.0.1:%d" % port

    def do_GET(self):
        s, path = current, urllib.parse.urlsplit(self.path).path
        parts = path.split("/")
        if self.is_own():
            if path == "/":
                config = {"set": s.name, "n": len(s.documents),
                          "cleaned": s.cleaned,
                          "patience": 60000 if s.cleaned else 3000}
                return self.answer(
                    b"<!doctype html><meta charset=utf-8><body><script>"
                    b"var config = %s</script><script src=/outer.js></script>"
                    % json.dumps(config).encode(), "text/html")
            if path in ("/outer.js", "/hook.js"):
                return self.answer((OUTER if path == "/outer.js" else
                                    HOOK).encode(), "text/javascript")
            if path == "/favicon.ico":
                return self.answer(PNG, "image/png")
            if len(parts) == 3 and parts[1] == s.name:
                return self.answer(
                    b"<!doctype html><html lang=en><meta charset=utf-8>"
                    b"<title>x</title><script src=/hook.js></script><body>"
                    b"<div id=hold>" + s.documents[int(parts[2])] +
                    b"</div><p id=end>end</p>", "text/html", s.policy)
        accept = self.headers.get("Accept", "")
        # pictures say so, films ask for a range
        if not accept.startswith("image/") and "Range" not in self.headers:
            self.strange()
        if path.endswith(".js"):
            return self.answer(b"alert(1)", "text/javascript")
        return self.answer(b"no such thing", "text/plain", status=404)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # the browser hangs up, or speaks TLS


with open(srcdir + "/tests/fixtures/html/xss.txt", "rb") as f:
    lines = [line for line in f.read().split(b"\n")
             if line and not line.startswith(b"#")]
attempts = [unescape(line) for line in lines]
assert len(attempts) >= 500
bare, page = clean(attempts, "bare"), clean(attempts, "page")
current = None
server = Server(("127.0.0.1", 0), Handler)
port = server.server_address[1]
threading.Thread(target=server.serve_forever, daemon=True).start()


def run(s):
    global current
    current = s
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = subprocess.Popen(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--disable-extensions",
             "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode",
             "--no-proxy-server", "--user-data-dir=" + home,
             "--remote-debugging-port=0",
             "--host-resolver-rules=MAP * 127.0.0.1:%d" % port,
             "http://127.0.0.1:%d/" % port],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        try:
            if not s.over.wait(600):
                sys.exit(s.name + ": the browser did not come to an end")
        finally:
            # it and the processes it has started
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
    return s


failed = 0
for s in (Set("bare", bare, None, True), Set("page", page, None, True),
          Set("policy", page, POLICY, True)):
    run(s)
    for place, what in s.found:
        n = int(place.rsplit("/", 1)[1])
        print("%s: %s\n  %r\n  %r" % (place, what, lines[n], s.documents[n]))
    for what in s.strange:
        print("%s: %s" % (s.name, what))
    failed |= bool(s.found or s.strange)
    print("%s: %d attempts" % (s.name, len(s.documents)))

raw = run(Set("raw", attempts, None, False))
worked = {place for place, what in raw.found if not what.startswith("hook")}
print("as they are, %d of them run a script and %d requests are made" %
      (len(worked), len(raw.strange)))
if len(worked) < RAW_MIN:
    print("the hook sees too little")
    failed = 1
sys.exit(failed)

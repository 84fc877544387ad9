#!/usr/bin/env python3
"""A web server that answers as a scenario says, lies included.

    server.py [options] SCENARIO.json

It listens on 127.0.0.1, prints one line of JSON with its ports, such as
    {"port": 40123, "ports": [40123], "control": 40124}
and runs until its standard input ends or it is killed. Every request is
written to the record as one line of JSON before it is answered.

The scenario maps paths to answers. A path may end in "*"; the longest match
wins; "*" alone is for all others (without it: 404). In front of the path may
stand a host name ("example.org/feed"), matched against the Host header. The
answers to a path are a list of steps, used one after the other; the last one
stays. A single answer may stand without the list.

An answer is an object; all keys may be missing:

  status, reason      200 and its usual text
  headers             object, or list of [name, value] pairs
  body                text, sent as UTF-8
  body_file           a file beside the scenario
  body_base64         any bytes
  repeat              the body so many times
  times               how many requests this step is for (1)
  etag                true: one made from the body; text: this one. Answers 304
                      when If-None-Match is the same, byte for byte
  last_modified       text; answers 304 when If-Modified-Since is the same
  headers_304         headers of that 304 besides the validators
  redirect            Location (status 302 unless said otherwise)
  encoding            "gzip", "deflate"; "gzip*10" ten layers; "unlabelled"
                      (packed, not announced), "label-only" (announced, not
                      packed), "broken" (announced, damaged), "cut" (announced,
                      the second half missing)
  chunked             true: in chunks; a number: so many bytes a chunk
  endless             true: chunks of the body for ever
  content_length      what the head says instead of the truth; null: nothing
  delay               seconds before the answer
  trickle             bytes a second for the whole answer, as they are due
  cut                 end after so many bytes of the answer
  reset               true: end with a reset instead of a close
  silent              true: never answer
  close               true: close after the answer
  raw                 text (Latin-1): all of the answer, as it is
  header_lines        so many more header lines
  header_bytes        one more header line of so many bytes

In strings of an answer @PATH@, @QUERY@, @HOST@, @PORT@ and @N@ (the number of
this request to the path, from 1) are replaced.

On the control port: GET /requests gives the record, DELETE /requests empties
it, PUT /scenario replaces the scenario, GET /stats counts connections, now, at
most at once, and in all.

With --tls CERT (chain and key in one file) it speaks TLS, with --tls-max 1.0
only old versions, with --h2 goaway|reset it agrees on HTTP/2 and then breaks
every stream (goaway-once, reset-once: only the first; good: none). Of the standard library alone; also usable as a module.
"""

import argparse
import base64
import gzip
import hashlib
import http.client
import json
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import zlib

HEAD_MAX = 1 << 20


class Scenario:
    """Which answer is next."""

    def __init__(self, table, folder="."):
        self.folder = folder
        self.lock = threading.Lock()
        self.load(table)

    def load(self, table):
        steps = {}
        for path, answers in table.items():
            if not isinstance(answers, list):
                answers = [answers]
            flat = []
            for answer in answers:
                flat += [answer] * int(answer.get("times", 1))
            if not flat:
                raise ValueError("no answer for " + path)
            steps[path] = flat
        with self.lock:
            self.steps = steps
            self.counts = {}

    def find(self, host, path):
        best = None
        for where in (host + path, path):
            if where in self.steps:
                return where
        for key in self.steps:
            where = path if key.startswith(("/", "*")) else host + path
            if key.endswith("*") and where.startswith(key[:-1]):
                if best is None or len(key) > len(best):
                    best = key
        return best

    def take(self, host, path):
        """The answer and the number of this request to the path."""
        with self.lock:
            key = self.find(host, path)
            if key is None:
                return {"status": 404, "body": "not in the scenario\n"}, 1
            number = self.counts.get((key, path), 0)
            self.counts[key, path] = number + 1
            steps = self.steps[key]
            return steps[min(number, len(steps) - 1)], number + 1


class Record:
    """What was asked, in memory and in a file."""

    def __init__(self, path=None):
        self.lock = threading.Lock()
        self.file = open(path, "a", encoding="utf-8") if path else None
        self.entries = []

    def add(self, entry):
        with self.lock:
            self.entries.append(entry)
            if self.file:
                self.file.write(json.dumps(entry) + "\n")
                self.file.flush()

    def clear(self):
        with self.lock:
            self.entries = []

    def lines(self):
        with self.lock:
            return "".join(json.dumps(e) + "\n" for e in self.entries)


class Stats:
    """How many connections."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = self.all = 0

    def come(self):
        with self.lock:
            self.all += 1
            self.now += 1
            self.most = max(self.most, self.now)

    def go(self):
        with self.lock:
            self.now -= 1

    def text(self):
        with self.lock:
            return json.dumps({"now": self.now, "most": self.most,
                               "all": self.all}) + "\n"


class Clock:
    """The real one; a test may have another."""

    def now(self):
        return time.time()

    def sleep(self, seconds):
        time.sleep(seconds)

    def hold(self, sock):
        """Say nothing until the other side goes."""
        while sock.recv(65536):
            pass

    def fill(self, spec):
        """Replace what means a time in strings of an answer."""
        return spec


class Request:
    """One request as it came."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        words = lines[0].split(" ")
        self.method = words[0]
        self.target = words[1] if len(words) > 1 else ""
        self.headers = []
        for line in lines[1:]:
            if ":" in line:
                name, value = line.split(":", 1)
                self.headers.append([name, value.strip(" \t")])
        self.body = body
        target = self.target
        if "://" in target:  # asked as a proxy
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        self.path, _, self.query = target.partition("?")

    def get(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    @property
    def host(self):
        host = self.get("Host") or ""
        if host.startswith("["):
            return host[1:].split("]")[0]
        return host.split(":")[0].lower()


def read_request(sock, pending):
    """A Request and the bytes behind it, or None at the end."""
    data = pending
    while b"\r\n\r\n" not in data:
        if len(data) > HEAD_MAX:
            return None, b""
        more = sock.recv(65536)
        if not more:
            return None, b""
        data += more
        if not data[:1].isalpha():  # TLS, perhaps
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n"
                         b"Content-Length: 0\r\n\r\n")
            return None, b""
    head, _, rest = data.partition(b"\r\n\r\n")
    request = Request(head, b"")
    length = request.get("Content-Length")
    need = int(length) if length and length.isdigit() else 0
    while len(rest) < need:
        more = sock.recv(65536)
        if not more:
            return None, b""
        rest += more
    request.body = rest[:need]
    return request, rest[need:]


def fill_in(value, names):
    """Replace @NAME@ in all strings of an answer."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("@%s@" % name, text)
        return value
    if isinstance(value, list):
        return [fill_in(v, names) for v in value]
    if isinstance(value, dict):
        return {k: fill_in(v, names) for k, v in value.items()}
    return value


def encode(body, how):
    """Body and Content-Encoding."""
    if how in (None, ""):
        return body, None
    if how == "deflate":
        return zlib.compress(body), "deflate"
    if how == "label-only":
        return body, "gzip"
    if how.startswith("gzip*"):
        layers = int(how[5:])
        for _ in range(layers):
            body = gzip.compress(body, mtime=0)
        return body, ", ".join(["gzip"] * layers)
    packed = gzip.compress(body, mtime=0)
    if how == "gzip":
        return packed, "gzip"
    if how == "unlabelled":
        return packed, None
    if how == "cut":
        return packed[:len(packed) // 2], "gzip"
    if how == "broken":
        middle = len(packed) // 2
        return (packed[:middle] + bytes(b ^ 0x5a for b in packed[middle:]),
                "gzip")
    raise ValueError("no such encoding: " + how)


class Answer:
    """The bytes of one answer."""

    def __init__(self, spec, request, folder):
        self.spec = spec
        self.request = request
        self.folder = folder
        self.close = bool(spec.get("close"))
        self.build()

    def body_bytes(self):
        spec = self.spec
        if "body_base64" in spec:
            body = base64.b64decode(spec["body_base64"])
        elif "body_file" in spec:
            with open(os.path.join(self.folder, spec["body_file"]),
                      "rb") as file:
                body = file.read()
        else:
            body = spec.get("body", "").encode("utf-8")
        return body * int(spec.get("repeat", 1))

    def validators(self, body):
        etag = self.spec.get("etag")
        if etag is True:
            etag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
        return etag, self.spec.get("last_modified")

    def is_unchanged(self, etag, modified):
        asked = self.request.get("If-None-Match")
        if asked is not None:
            return etag is not None and asked == etag
        asked = self.request.get("If-Modified-Since")
        return asked is not None and asked == modified

    def build(self):
        spec = self.spec
        if "raw" in spec:
            self.head = spec["raw"].encode("latin-1")
            self.body = b""
            self.close = True
            return
        status = int(spec.get("status", 302 if "redirect" in spec else 200))
        headers = spec.get("headers", {})
        if isinstance(headers, dict):
            headers = list(headers.items())
        headers = [tuple(h) for h in headers]
        body = self.body_bytes()
        etag, modified = self.validators(body)
        if etag:
            headers.append(("ETag", etag))
        if modified:
            headers.append(("Last-Modified", modified))
        if status == 200 and self.is_unchanged(etag, modified):
            status, body = 304, b""
            headers = [h for h in headers
                       if h[0] in ("ETag", "Last-Modified")]
            headers += list(spec.get("headers_304", {}).items())
        if "redirect" in spec:
            headers.append(("Location", spec["redirect"]))
        if status != 304:
            body, label = encode(body, spec.get("encoding"))
            if label:
                headers.append(("Content-Encoding", label))
            body = self.frame(body, headers)
        self.flood(headers)
        reason = spec.get("reason",
                          http.client.responses.get(status, "Unknown"))
        lines = ["HTTP/1.1 %d %s" % (status, reason)]
        lines += ["%s: %s" % h for h in headers]
        self.head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
        self.body = body

    def frame(self, body, headers):
        """Length or chunks."""
        spec = self.spec
        if spec.get("chunked") or spec.get("endless"):
            headers.append(("Transfer-Encoding", "chunked"))
            size = spec.get("chunked")
            size = 4096 if size in (None, True) else int(size)
            pieces = [body[i:i + size] for i in range(0, len(body), size)]
            framed = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)
            return framed if spec.get("endless") else framed + b"0\r\n\r\n"
        length = spec.get("content_length", len(body))
        if length is None:
            self.close = True
        else:
            headers.append(("Content-Length", str(length)))
            self.close = self.close or length != len(body)
        return body

    def flood(self, headers):
        for i in range(int(self.spec.get("header_lines", 0))):
            headers.append(("X-Flood-%d" % i, "1"))
        if self.spec.get("header_bytes"):
            headers.append(("X-Long", "x" * int(self.spec["header_bytes"])))

    def send(self, sock, clock):
        """False when the connection must end."""
        spec = self.spec
        if spec.get("delay"):
            clock.sleep(float(spec["delay"]))
        if spec.get("silent"):
            clock.hold(sock)
            return False
        data = self.head + self.body
        if "cut" in spec:
            data = data[:int(spec["cut"])]
            self.close = True
        if spec.get("trickle"):
            begin, sent, rate = clock.now(), 0, float(spec["trickle"])
            while sent < len(data):
                due = int((clock.now() - begin) * rate) + 1
                sock.sendall(data[sent:due])
                sent = max(sent, due)
                clock.sleep(max(begin + sent / rate - clock.now(), 0))
        else:
            sock.sendall(data)
        while spec.get("endless"):
            sock.sendall(self.body)
        return not self.close and not spec.get("reset")


class Handler(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self):
        owner = self.server.owner
        owner.stats.come()
        try:
            self.talk(owner)
        except (OSError, ssl.SSLError):
            pass
        finally:
            owner.stats.go()

    def talk(self, owner):
        sock = self.request
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if owner.tls:
            sock = owner.tls.wrap_socket(sock, server_side=True)
            self.request = sock
            if owner.h2:
                H2(sock, owner, self.client_address[0]).talk()
                return
        pending = b""
        while True:
            request, pending = read_request(sock, pending)
            if request is None:
                return
            if not self.answer(owner, sock, request):
                return

    def answer(self, owner, sock, request):
        owner.record.add({
            "time": owner.clock.now(),
            "port": self.server.server_address[1],
            "peer": self.client_address[0],
            "method": request.method,
            "target": request.target,
            "host": request.get("Host"),
            "headers": request.headers,
            "body": request.body.decode("latin-1"),
        })
        spec, number = owner.scenario.take(request.host, request.path)
        spec = fill_in(owner.clock.fill(spec), {
            "PATH": request.path, "QUERY": request.query,
            "HOST": request.get("Host") or "", "N": str(number),
            "PORT": str(self.server.server_address[1]),
        })
        going_on = Answer(spec, request, owner.scenario.folder).send(
            sock, owner.clock)
        if spec.get("reset"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            sock.close()  # before anybody says farewell
        return going_on


def frame(kind, flags, stream, payload=b""):
    """A frame of HTTP/2 (RFC 9113, 4.1)."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(
        ">BBI", kind, flags, stream) + payload


class H2:
    """As much of HTTP/2 as a test needs: streams are refused as `how` says,
    "goaway" or "reset", each or only the first ("goaway-once"), and else
    answered with what the scenario has for "/h2"."""

    def __init__(self, sock, owner, peer):
        self.sock, self.owner, self.peer = sock, owner, peer
        self.data = b""

    def take(self, n):
        while len(self.data) < n:
            more = self.sock.recv(65536)
            if not more:
                raise OSError("closed")
            self.data += more
        out, self.data = self.data[:n], self.data[n:]
        return out

    def talk(self):
        self.sock.settimeout(30)
        self.sock.sendall(frame(4, 0, 0) + frame(4, 1, 0))
        self.take(24)  # the preface
        while True:
            head = self.take(9)
            self.take(int.from_bytes(head[:3], "big"))
            if head[3] == 1:
                self.answer(int.from_bytes(head[5:9], "big"))

    def answer(self, stream):
        owner = self.owner
        number = sum(e["method"] == "h2" for e in owner.record.entries)
        owner.record.add({"time": owner.clock.now(), "method": "h2",
                          "target": "/h2/%s/" % owner.label, "host": None, "headers": [],
                          "peer": self.peer, "body": "",
                          "port": owner.port})
        how, _, once = owner.h2.partition("-")
        if once and number > 0:
            how = ""
        if how == "goaway":
            self.sock.sendall(frame(7, 0, 0, struct.pack(">II", 0, 2)))
        elif how == "reset":
            self.sock.sendall(frame(3, 0, stream, struct.pack(">I", 2)))
        else:
            spec, _ = owner.scenario.take("", "/h2")
            body = spec.get("body", "").encode("utf-8")
            # :status 200 is entry 8 of the static table (RFC 7541, A).
            self.sock.sendall(frame(1, 4, stream, b"\x88") +
                              frame(0, 1, stream, body))


class Control(socketserver.BaseRequestHandler):
    """One connection to the control port, one request."""

    def handle(self):
        owner = self.server.owner
        request, _ = read_request(self.request, b"")
        if request is None:
            return
        status, text = 200, ""
        if (request.method, request.path) == ("GET", "/requests"):
            text = owner.record.lines()
        elif (request.method, request.path) == ("DELETE", "/requests"):
            owner.record.clear()
        elif (request.method, request.path) == ("PUT", "/scenario"):
            try:
                owner.scenario.load(json.loads(request.body))
            except (ValueError, AttributeError) as error:
                status, text = 400, "%s\n" % error
        elif (request.method, request.path) == ("GET", "/stats"):
            text = owner.stats.text()
        else:
            status = 404
        body = text.encode("utf-8")
        self.request.sendall(
            b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n"
            b"\r\n%s" % (status, len(body), body))


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, owner, address, handler):
        self.owner = owner
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Server:
    """All of it; for use as a module:

        with Server({"/feed": {"body": "<rss/>", "etag": True}}) as server:
            url = "http://127.0.0.1:%d/feed" % server.port
            ...
            server.record.entries
    """

    def __init__(self, table, folder=".", listeners=1, address="127.0.0.1",
                 record=None, port=0, clock=None):
        self.clock = clock or Clock()
        self.scenario = Scenario(table, folder)
        self.record = Record(record)
        self.stats = Stats()
        self.tls = None
        self.h2 = None
        self.label = ""
        self.listeners = [Listener(self, (address, port if i == 0 else 0),
                                   Handler) for i in range(listeners)]
        self.control = Listener(self, (address, 0), Control)
        self.ports = [s.server_address[1] for s in self.listeners]
        self.port = self.ports[0]

    def use_tls(self, cert, most=None, h2=None):
        self.h2 = h2
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if most is not None:
            self.tls.set_ciphers("ALL:@SECLEVEL=0")
            self.tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            self.tls.maximum_version = {
                "1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
                "1.2": ssl.TLSVersion.TLSv1_2,
                "1.3": ssl.TLSVersion.TLSv1_3}[most]
        if h2:
            self.tls.set_alpn_protocols(["h2"])
        self.tls.load_cert_chain(cert)

    def start(self):
        for listener in self.listeners + [self.control]:
            threading.Thread(target=listener.serve_forever,
                             kwargs={"poll_interval": 0.05},
                             daemon=True).start()
        return self

    def stop(self):
        for listener in self.listeners + [self.control]:
            listener.shutdown()
            listener.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def main():
    parser = argparse.ArgumentParser(
        description="A web server that answers as a scenario says.")
    parser.add_argument("scenario", help="JSON file, or - for none")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0,
                        help="of the first listener (0: any)")
    parser.add_argument("--listeners", type=int, default=1,
                        help="how many ports to answer on")
    parser.add_argument("--record", help="file for the requests")
    parser.add_argument("--tls", metavar="CERT",
                        help="chain and key in one file")
    parser.add_argument("--tls-max", choices=["1.0", "1.1", "1.2", "1.3"])
    parser.add_argument("--h2", choices=["good", "goaway", "reset",
                                         "goaway-once", "reset-once"])
    args = parser.parse_args()
    table, folder = {}, "."
    if args.scenario != "-":
        folder = os.path.dirname(os.path.abspath(args.scenario))
        with open(args.scenario, encoding="utf-8") as file:
            table = json.load(file)
    server = Server(table, folder, args.listeners, args.address, args.record,
                    args.port)
    if args.tls:
        server.use_tls(args.tls, args.tls_max, args.h2)
    server.start()
    print(json.dumps({"port": server.port, "ports": server.ports,
                      "control": server.control.server_address[1]}),
          flush=True)
    try:
        while sys.stdin.buffer.read(4096):
            pass
    except KeyboardInterrupt:
        pass
    # Threads in the middle of an endless answer are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main()

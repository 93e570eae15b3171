#!/usr/bin/env python3
"""examples/gpt2/download.sh against a server of this test's own, which answers as the real one does.

usage: test_download.py DOWNLOAD.SH      (exit 77: curl and wget are missing)
"""
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading

FILES = {"config.json": b"{}\n", "vocab.json": b'{"a": 0}\n', "merges.txt": b"#version: 0.2\n",
         "model.safetensors": bytes(range(256)) * 4096}
LARGE = "model.safetensors"
cut_off = set()  # of these only a part is sent, once
spoilt = set()   # of these the bytes are others than announced
untagged = set()
asked = []       # the ranges of the downloads


def git_number(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        name = self.path.split("/")[-1]
        if name not in FILES or not self.path.startswith(("/gpt2-medium/resolve/main/", "/cdn/")):
            self.answer(404, {"Content-Length": "0"})
            return
        data = FILES[name]
        tag = {} if name in untagged else {"ETag": '"%s"' % git_number(data)}
        if name == LARGE and not self.path.startswith("/cdn/"):
            self.answer(302, {"Location": "/cdn/" + name, "Content-Length": "0",
                              "X-Linked-Size": str(len(data)),
                              "X-Linked-ETag": '"%s"' % hashlib.sha256(data).hexdigest()})
            return
        if name == LARGE:
            tag = {"ETag": '"%s"' % ("0" * 32)}
        wanted = self.headers.get("Range")
        begin = int(wanted[6:].split("-")[0]) if wanted else 0
        headers = {"Content-Length": str(len(data) - begin), "Accept-Ranges": "bytes", **tag}
        if wanted:
            headers["Content-Range"] = "bytes %d-%d/%d" % (begin, len(data) - 1, len(data))
        self.answer(206 if wanted else 200, headers)
        if self.command == "HEAD":
            return
        asked.append((name, begin))
        if name in spoilt:
            data = data[:-1] + b"?"
        if name in cut_off:
            cut_off.discard(name)
            self.wfile.write(data[begin:len(data) // 2])
            self.wfile.flush()
            self.connection.close()
            return
        self.wfile.write(data[begin:])


def run(script, url, *args):
    env = dict(os.environ, TT_GPT2_URL=url, no_proxy="*")
    return subprocess.run([script, *args], env=env, capture_output=True, text=True, timeout=60)


def check(condition, result):
    if not condition:
        print(result.stdout, result.stderr, sep="\n", file=sys.stderr)
        raise AssertionError


def main():
    script = os.path.abspath(sys.argv[1])
    if not shutil.which("curl") and not shutil.which("wget"):
        sys.exit(77)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d" % server.server_port
    with tempfile.TemporaryDirectory() as top:
        out = os.path.join(top, "new", "model")
        inside = lambda name: os.path.join(out, name)

        r = run(script, url, "gpt3")
        check(r.returncode == 2 and "usage" in r.stderr, r)

        r = run(script, "http://127.0.0.1:9", "gpt2-medium", out)
        check(r.returncode == 1 and "is there a network" in r.stderr, r)
        r = run(script, "http://127.0.0.1:9", "gpt2", out)  # whose sums are known
        check(r.returncode == 1 and "cut off after 0 of 665 bytes" in r.stderr, r)

        cut_off.add(LARGE)
        r = run(script, url, "gpt2-medium", out)
        if r.returncode:  # curl; wget goes on by itself
            half = len(FILES[LARGE]) // 2
            check("cut off after %d of %d bytes; run this again" % (half, 2 * half) in r.stderr, r)
            check(not os.path.exists(inside(LARGE)), r)
            r = run(script, url, "gpt2-medium", out)
            check("of which %d are there" % half in r.stdout, r)
        check(r.returncode == 0 and (LARGE, len(FILES[LARGE]) // 2) in asked, r)
        check(sorted(os.listdir(out)) == sorted(FILES), r)
        for name, data in FILES.items():
            with open(inside(name), "rb") as f:
                check(f.read() == data, r)

        asked.clear()
        r = run(script, url, "gpt2-medium", out)
        check(r.returncode == 0 and not asked and r.stdout.count("is there") == 4, r)

        with open(inside("config.json"), "w") as f:
            f.write("{ \n")
        r = run(script, url, "gpt2-medium", out)
        check(r.returncode == 1 and "move it away" in r.stderr, r)
        os.remove(inside("config.json"))

        for name in ("config.json", LARGE):  # a checksum of either kind is wrong
            if os.path.exists(inside(name)):
                os.remove(inside(name))
            spoilt.add(name)
            r = run(script, url, "gpt2-medium", out)
            check(r.returncode == 1 and "not what was published" in r.stderr, r)
            check(not os.path.exists(inside(name)) and not os.path.exists(inside(name + ".part")), r)
            spoilt.discard(name)

        with open(inside(LARGE + ".part"), "wb") as f:  # whole, but not moved yet
            f.write(FILES[LARGE])
        asked.clear()
        r = run(script, url, "gpt2-medium", out)
        check(r.returncode == 0 and not asked, r)

        untagged.add("merges.txt")
        os.remove(inside("merges.txt"))
        r = run(script, url, "gpt2-medium", out)
        check(r.returncode == 0 and "names no checksum" in r.stderr, r)
    server.shutdown()


main()

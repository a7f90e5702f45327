# SPDX-License-Identifier: MIT
"""Unfinished and malformed HTTP requests, and redirects: assault findings F6, F10, F12 and F15."""

import json
import re
import socket
import time

import pytest

from harness.control import Control
from harness.network import wait_for
from test_assault import group, host  # noqa: F401  (fixtures)

pytestmark = pytest.mark.calm


# F6 and F15: unfinished and malformed requests.

UNFINISHED = {
    "no body": b"POST /v1/senders HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n",
    "half a body": b"POST /v1/senders HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{\"a\"",
    "an endless chunk": b"POST /v1/senders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    "half a head": b"GET /v1/sta",
    "nothing": b"",
    "an event client that does not read": b"GET /v1/events?status=250 HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_open_connections_do_not_delay_the_stop(host, name):
    peers = []
    for _ in range(8):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(str(host.control.path))
        peer.sendall(UNFINISHED[name])
        peers.append(peer)
    time.sleep(0.3)
    begin = time.monotonic()
    assert host.daemon.process.stop() == 0
    assert time.monotonic() - begin < 2, name
    assert "ERROR: Cannot schedule tasks" not in host.daemon.log


@pytest.mark.parametrize("name", ["no body", "half a body", "an endless chunk", "half a head"])
def test_unfinished_requests_are_closed(host, name):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(9)
        peer.connect(str(host.control.path))
        peer.sendall(UNFINISHED[name])
        begin = time.monotonic()
        while peer.recv(4096):
            pass
        assert 4 < time.monotonic() - begin < 7


@pytest.mark.parametrize("encoding", ["xchunked", "identity", "gzip, chunked"])
def test_an_unknown_transfer_encoding_ends_the_connection(host, encoding):
    """F15: a request with an unknown transfer encoding gets one error, and the bytes that follow are not read as a second request."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(5)
        peer.connect(str(host.control.path))
        peer.sendall(f"POST /v1/reload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {encoding}\r\n\r\n".encode()
                     + b"DELETE /v1/senders/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
    assert answer.split()[1] in (b"501", b"400") and answer.count(b"HTTP/1.1") == 1, answer
    assert len(host.control.get("/v1/senders")) == 8


def test_a_wrong_method_gets_405_and_a_wrong_path_404(host):
    """F15: a wrong method gets 405 with the allowed methods; only an unknown path gets 404."""
    for method, path, allowed in (("PUT", "/v1/senders", "GET, POST"), ("POST", "/v1/status", "GET"), ("OPTIONS", "/v1/reload", "POST"),
                                  ("POST", "/v1/senders/1", "DELETE, GET, PATCH"), ("DELETE", "/v1/receivers/by-name/x%20y", None)):
        answer = host.control.ask(method, path)
        if allowed:
            assert answer.status == 405 and answer.headers["Allow"] == allowed, f"{method} {path}: {answer.status} {answer.headers}"
        else:
            assert answer.status == 404 and "Allow" not in answer.headers, answer.text
    assert host.control.ask("GET", "/v1/nothing").status == 404


def test_many_unknown_members_get_one_short_refusal(host):
    """F10, F15: a request with thousands of unknown keys gets one short refusal within 2 s, and few log lines."""
    before = len(host.daemon.log.splitlines())
    bodies = [("PATCH", "/v1/configuration", {"settings": {f"network.x{n}": "1" for n in range(3000)}}),
              ("POST", "/v1/senders", {f"x{n}": 1 for n in range(3000)}),
              ("PATCH", "/v1/configuration", {"settings": {}, "and": 1})]
    for method, path, body in bodies:
        begin = time.monotonic()
        answer = host.control.ask(method, path, body)
        assert answer.status == 400 and len(answer.text) < 3000, answer.text[:300]
        assert time.monotonic() - begin < 2
    assert "and 2995 more" in host.control.ask(*bodies[1]).json["reason"]
    assert len(host.daemon.log.splitlines()) - before < 20


# F12: hosts from which an SDP file is fetched.

SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, flush=True)
        self.send_response(302 if self.path.startswith("/to/") else 200)
        if self.path.startswith("/to/"):
            self.send_header("Location", "http://" + self.path[4:])
        self.end_headers()
        if not self.path.startswith("/to/"):
            self.wfile.write(b"v=0\\nTOP-SECRET-LINE\\n")
http.server.HTTPServer.address_family = 2
http.server.HTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
"""


def test_redirects_to_this_host_are_refused(pair, network):
    """F12: a redirect to this host or to a link-local address is refused, by number and by name. The URL itself may name this host."""
    a, b = pair()
    (stranger, own) = (host.spawn("/usr/bin/python3", "-c", SERVER, "8099", name="server") for host in (a, b))
    places = ["127.0.0.1:8099/one", "127.9.9.9:8099/two", "0.0.0.0:8099/three", "localhost:8099/four", "169.254.169.254:8099/five"]
    b.run("ip", "addr", "add", "169.254.169.254/16", "dev", "lo")
    control = Control(b.daemon)
    for number in range(1, 9):
        control.ask("DELETE", f"/v1/receivers/by-name/host%201%20stream%20{number}")
    urls = [f"http://10.67.0.1:8099/to/{place}" for place in places] + ["http://127.0.0.1:8099/six", "http://10.67.0.1:8099/seven"]
    ids = [control.ask("POST", "/v1/receivers", {"sdp-url": url, "channels": 1}).json["id"] for url in urls]

    def errors():
        return [control.get(f"/v1/receivers/{number}").get("error") or "" for number in ids]
    words = ["redirects to this host or to a link-local address"] * 5 + ["line 2"] * 2

    def all_said():
        return all(said in error for said, error in zip(words, errors(), strict=True))
    wait_for(all_said, "the result of each fetch", timeout=25)
    messages = errors()
    assert not any("SECRET" in error for error in messages[:5])
    assert set(re.findall(r'"GET (\S+)', own.output)) == {"/six"}, own.output

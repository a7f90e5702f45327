#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP server that serves an SDP file correctly and in all kinds of wrong ways: `pages.py PORT FILE`."""

import http.server
import pathlib
import socketserver
import sys
import time


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        print(f"GET {self.path}", flush=True)
        action = getattr(self, self.path.strip("/").split("?")[0].replace("-", "_"), None)
        action() if action else self.send_error(404)

    def answer(self, status, *headers, body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def page(self, body):
        self.answer(200, ("Content-Type", "application/sdp"), ("Content-Length", str(len(body))), body=body)

    def stage(self):
        self.page(pathlib.Path(sys.argv[2]).read_bytes())

    def elsewhere(self):
        self.answer(302, ("Location", "/stage"), ("Content-Length", "0"))

    def loop(self):
        self.answer(302, ("Location", "/loop"), ("Content-Length", "0"))

    def secure(self):
        self.answer(301, ("Location", "https://10.67.0.1/stage"), ("Content-Length", "0"))

    def nonsense(self):
        self.page(b"v=0\r\no=- 1 1 IN IP4 10.67.0.1\r\ns=x\r\nt=0 0\r\nm=audio many RTP/AVP 98\r\n")

    def endless(self):
        self.answer(200)
        while True:
            self.wfile.write(b"v=0\r\n" * 1000)

    def endless_header(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-More: " + b"a" * 1000 + b"\r\n")

    def slow(self):
        self.answer(200, ("Content-Length", "1000"))
        while True:
            self.wfile.write(b"v")
            self.wfile.flush()
            time.sleep(0.5)

    def short(self):
        self.answer(200, ("Content-Length", "1000"), body=b"v=0\r\n")
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):  # http.server's own method asks the name service for this host's name
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "pages", self.server_address[1]

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(("", int(sys.argv[1])), Pages)
    print("ready", flush=True)
    server.serve_forever()

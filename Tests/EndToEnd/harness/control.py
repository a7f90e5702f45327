# SPDX-License-Identifier: MIT
"""The daemon's control API over its Unix socket, and the command `aes67`."""

import http.client
import json
import socket
import urllib.parse


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path, timeout=10):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = dict(response.getheaders())
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)


class Control:
    """The API of one daemon."""

    def __init__(self, daemon):
        self.path = daemon.runtime / "control.sock"

    def ask(self, method, path, body=None, headers=None, raw=None):
        connection = UnixConnection(self.path)
        try:
            data = raw if raw is not None else None if body is None else json.dumps(body)
            kind = {"Content-Type": "application/json"} if data is not None else {}
            connection.request(method, path, data, {**kind, **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path):
        """Returns the reply to `GET path`; fails unless it is a success."""
        answer = self.ask("GET", path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.text}"
        return answer.json

    def events(self, path="/v1/events"):
        """Yields server-sent events as (name, data), until the caller stops."""
        connection = UnixConnection(self.path)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            name, data = "message", []
            for line in response:
                line = line.decode().rstrip("\r\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data.append(line[6:])
                elif not line and data:
                    yield name, json.loads("\n".join(data))
                    name, data = "message", []
        finally:
            connection.close()


def part(name):
    """Returns a name encoded as a part of a path."""
    return urllib.parse.quote(name, safe="")


def run_command(host, install, *words, check=True, name="aes67", **options):
    """Runs `aes67` against this host's daemon."""
    socket_option = ["--socket", host.daemon.runtime / "control.sock"] if host.daemon else []
    return host.run(install.directory / name, *words, *socket_option, check=check, **options)

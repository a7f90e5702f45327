# SPDX-License-Identifier: MIT
"""The web panel on 127.0.0.1: off unless asked for, behind a token, and deaf to pages from elsewhere."""

import json
import os
import re
import stat

import pytest

from harness.network import wait_for

PORT = 8067


@pytest.fixture
def panel(lone):
    a = lone(control={"socket-group": "games", "port": PORT})
    file = a.daemon.runtime / "panel"
    wait_for(lambda: file.exists() and stat.S_IMODE(file.stat().st_mode) == 0o640, "the panel's address")
    a.token = re.fullmatch(rf"http://127\.0\.0\.1:{PORT}/#token=([0-9a-f]{{32}})\n", file.read_text())[1]
    return a


def ask(host, path, *headers, method="GET", address=f"127.0.0.1:{PORT}"):
    words = [word for header in headers for word in ("-H", header)]
    done = host.run("curl", "-sS", "-m", "5", "-X", method, "-w", "\n%{http_code}", *words, f"http://{address}{path}", check=False)
    assert done.returncode == 0, done
    text, _, status = done.stdout.rpartition("\n")
    return int(status), text


def test_it_is_off_by_default(lone):
    a = lone(control={"socket-group": "root"})
    wait_for((a.daemon.runtime / "control.sock").exists, "the control socket")
    assert not (a.daemon.runtime / "panel").exists()
    assert "LISTEN" not in a.run("ss", "-Hlt").stdout


def test_who_has_the_token_may_ask(panel):
    assert "127.0.0.1:8067" in panel.run("ss", "-Hltn").stdout
    status, page = ask(panel, "/")
    assert status == 200 and page.startswith("<!doctype html>")
    status, text = ask(panel, "/v1/status", f"Authorization: Bearer {panel.token}")
    assert status == 200 and len(json.loads(text)["senders"]) == 8
    status, text = ask(panel, "/v1/status", f"Authorization: Bearer {panel.token}", f"Origin: http://localhost:{PORT}", address=f"localhost:{PORT}")
    assert status == 200, text
    file = panel.daemon.runtime / "panel"
    assert os.stat(file).st_mode & 0o007 == 0, "others may not read the token"
    panel.daemon.stop()
    assert not file.exists()


@pytest.mark.parametrize("path, headers, status, word", [
    ("/v1/status", [], 401, "token"),
    ("/v1/status", ["Authorization: Bearer " + "0" * 32], 401, "token"),
    ("/v1/status", ["Authorization: Bearer"], 401, "token"),
    ("/metrics", [], 401, "token"),
    ("/v1/status", ["Authorization: Bearer TOKEN", "Origin: http://evil.example"], 403, "evil.example"),
    ("/v1/status", ["Authorization: Bearer TOKEN", "Origin: null"], 403, "null"),
    ("/v1/status", ["Authorization: Bearer TOKEN", "Host: evil.example"], 403, "evil.example"),
    ("/", ["Host: evil.example:8067"], 403, "evil.example"),
], ids=range(8))
def test_others_may_not(panel, path, headers, status, word):
    got, text = ask(panel, path, *(h.replace("TOKEN", panel.token) for h in headers))
    assert got == status, text
    assert word in json.loads(text)["reason"] and json.loads(text)["hint"]
    got, _ = ask(panel, "/v1/senders/1", "Origin: http://evil.example", method="DELETE")
    assert got == 403

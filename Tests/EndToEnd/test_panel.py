# SPDX-License-Identifier: MIT
"""The control panel's port on 127.0.0.1: open by default, protected by a token, closed to other users and other web sites."""

import json
import os
import re
import stat

import pytest

from harness.network import wait_for

pytestmark = pytest.mark.calm

PORT = 8067
OTHER_USER = 2001


@pytest.fixture
def panel(lone):
    """A host whose configuration does not set the panel's port."""
    a = lone(control={"socket-group": "games"})
    a.token = token(a)
    return a


def token(host, port=PORT):
    file = host.daemon.runtime / "panel"
    wait_for(lambda: file.exists() and stat.S_IMODE(file.stat().st_mode) == 0o640, "the panel's address")
    return re.fullmatch(rf"http://127\.0\.0\.1:{port}/#token=([0-9a-f]{{32}})\n", file.read_text())[1]


def ask(host, path, *headers, method="GET", address=f"127.0.0.1:{PORT}", user=None, more=()):
    words = [*more, *(word for header in headers for word in ("-H", header))]
    other = ["setpriv", f"--reuid={user}", "--clear-groups"] if user else []
    done = host.run(*other, "curl", "-sS", "-m", "5", "-X", method, "-w", "\n%{http_code}", *words, f"http://{address}{path}", check=False)
    assert done.returncode == 0, done
    text, _, status = done.stdout.rpartition("\n")
    return int(status), text


def test_the_panel_can_be_disabled(lone):
    a = lone(control={"socket-group": "root", "port": "off"})
    assert not (a.daemon.runtime / "panel").exists()
    assert "LISTEN" not in a.run("ss", "-Hlt").stdout


def test_a_port_in_use(network, lone):
    """The next free port is used, which is logged once."""
    holder = "import socket, time\nfor port in (8067, 8068): s = socket.create_server(('127.0.0.1', port)); globals()[port] = s\nprint('there', flush=True)\ntime.sleep(60)"
    taken = network.a.spawn("/usr/bin/python3", "-c", holder)
    wait_for(lambda: "there" in taken.output, "the ports to be taken")
    a = lone(control={"socket-group": "games"})
    bearer = f"Authorization: Bearer {token(a, 8069)}"
    assert ask(a, "/v1/log-level", bearer, address="127.0.0.1:8069")[0] == 200
    said = [line for line in a.daemon.log.splitlines() if "8067" in line]
    assert len(said) == 1 and "is in use: the control panel is at port 8069" in said[0], said


def test_the_token_gives_access(panel):
    assert "127.0.0.1:8067" in panel.run("ss", "-Hltn").stdout
    status, page = ask(panel, "/")
    assert status == 200 and page.startswith("<!doctype html>")
    status, text = ask(panel, "/v1/status", f"Authorization: Bearer {panel.token}")
    assert status == 200 and len(json.loads(text)["senders"]) == 8
    status, text = ask(panel, "/v1/status", f"Authorization: Bearer {panel.token}", f"Origin: http://localhost:{PORT}", address=f"localhost:{PORT}")
    assert status == 200, text
    file = panel.daemon.runtime / "panel"
    assert os.stat(file).st_mode & 0o007 == 0, "others can read the token"
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
def test_requests_without_permission_are_refused(panel, path, headers, status, word):
    got, text = ask(panel, path, *(h.replace("TOKEN", panel.token) for h in headers))
    assert got == status, text
    assert word in json.loads(text)["reason"] and json.loads(text)["hint"]
    got, _ = ask(panel, "/v1/senders/1", "Origin: http://evil.example", method="DELETE")
    assert got == 403


def cookie(host):
    """Opens a session as root, and returns its cookie."""
    status, text = ask(host, "/session", f"Authorization: Bearer {host.token}", method="POST", more=("-D", "-", "-o", "/dev/null"))
    assert status == 204, text
    field = re.search(r"(?i)^set-cookie: (.*)$", text, re.M)[1].strip()
    value, *attributes = field.split("; ")
    assert set(attributes) == {"HttpOnly", "SameSite=Strict", "Path=/"} and re.fullmatch(rf"aes67-{PORT}=[0-9a-f]{{32}}", value), field
    return value


def test_a_session_is_bound_to_origin_and_user(panel):
    """A browser sends a cookie to all ports of a host, so the server of another port may see it.

    A cookie without the panel's origin, or from another user, is refused.
    """
    for words in ([], ["Authorization: Bearer " + "0" * 32]):
        assert ask(panel, "/session", *words, method="POST")[0] == 401
    shown = f"Cookie: other=1; {cookie(panel)}"
    same = "Sec-Fetch-Site: same-origin"
    assert ask(panel, "/v1/log-level", shown, same)[0] == 200
    for words in ([shown], [shown, "Sec-Fetch-Site: same-site"], [shown, "Sec-Fetch-Site: none"], [shown[:-1] + "g", same], ["Cookie: aes67-8067=", same],
                  [shown.replace("8067", "8068"), same]):
        assert ask(panel, "/v1/log-level", *words)[0] == 401, words
    assert ask(panel, "/v1/log-level", shown, same, "Origin: http://127.0.0.1:9999")[0] == 403
    assert ask(panel, "/v1/log-level", shown, same, user=OTHER_USER)[0] == 401
    assert ask(panel, "/session", shown, same, method="POST")[0] == 401, "a session opened another session"
    mine = ask(panel, "/session", f"Authorization: Bearer {panel.token}", method="POST", user=OTHER_USER, more=("-D", "-"))
    assert mine[0] == 204 and cookie(panel).split("=")[1] not in mine[1]
    panel.daemon.stop()
    panel.daemon.start()
    panel.token = token(panel)
    assert ask(panel, "/v1/log-level", shown, same)[0] == 401, "a session survived the daemon"


def test_files_are_revalidated(panel):
    page = panel.run("curl", "-sS", "-i", f"http://127.0.0.1:{PORT}/").stdout
    field = dict(line.split(": ", 1) for line in page.split("\n\n")[0].splitlines()[1:])
    assert field["Cache-Control"] == "no-cache" and field["Content-Type"] == "text/html; charset=utf-8" and field["X-Content-Type-Options"] == "nosniff"
    policy = field["Content-Security-Policy"].split("; ")
    assert "unsafe" not in field["Content-Security-Policy"] and {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    files = ["/", *re.findall(r'(?:src|href)="(/panel/[^"]+)"', page)]
    assert len(files) > 3
    for path in files:
        head = panel.run("curl", "-sS", "-D", "-", "-o", "/dev/null", f"http://127.0.0.1:{PORT}{path}").stdout
        tag = re.search(r"(?i)^etag: (\S+)", head, re.M)[1]
        assert "200 OK" in head and ask(panel, path, f"If-None-Match: \"older\", {tag}") == (304, "")
        assert ask(panel, path, "If-None-Match: \"older\"")[0] == 200
    assert ask(panel, "/panel/none.js")[0] == 401 and ask(panel, "/panel/..%2fv1%2fstatus")[0] == 401

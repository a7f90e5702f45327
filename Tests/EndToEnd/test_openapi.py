# SPDX-License-Identifier: MIT
"""The replies of daemon and command must match the OpenAPI document; a unit test compares the document with the router."""

import json

import jsonschema
import pytest
import yaml

from harness.control import Control, part, run_command
from harness.daemon import ROOT
from harness.network import wait_for

pytestmark = pytest.mark.calm

FILE = ROOT / "Sources/Control/openapi.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text())


def validate(value, schema):
    """Validates `value` against a schema whose references point into the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def of(name):
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.fixture
def busy(network, lone):
    """A daemon whose status has senders, receivers, clients, glitches, alarms, sessions and presets."""
    b = lone(host=network.b, receivers=[], ptp={"mode": "master"}, layout={"host": 2}, control={"socket-group": "root"})
    a = lone(control={"socket-group": "root"}, ptp={"mode": "slave"})
    a.control = Control(a.daemon)
    a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"] and s["receivers"][0]["inTime"] > 100, "the lock and packets in time", timeout=40)
    a.player = a.spawn("aplay", "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c2", "-r48000", "/dev/zero")
    a.daemon.client(a.player)
    Control(b.daemon).ask("PATCH", f"/v1/senders/by-name/{part('host 2 stream 1')}", {"payload-type": 99})
    Control(b.daemon).ask("PATCH", f"/v1/senders/by-name/{part('host 2 stream 8')}", {"enabled": False})
    a.control.ask("PATCH", "/v1/configuration", {"settings": {"log.level": "info"}})
    wait_for(lambda: a.control.get("/v1/glitches"), "a glitch", timeout=8)
    wait_for(lambda: a.control.get("/v1/alarms"), "an alarm", timeout=8)
    wait_for(lambda: len(a.control.get("/v1/sessions")["sessions"]) >= 9, "sessions", timeout=8)
    assert a.control.ask("PUT", "/v1/presets/one", {}).status == 200
    return a


def test_replies_match_the_document(busy):
    names = {"/v1/senders": part("host 1 stream 1"), "/v1/receivers": part("host 2 stream 1")}
    ids = {f"/v1/{kind}": busy.control.get(f"/v1/{kind}")[0]["id"] for kind in ("senders", "receivers")}
    asked = 0
    for path, operations in DOCUMENT["paths"].items():
        answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if path == "/v1/events" or not answer:
            continue
        real = path.replace("{file}", "main.js").replace("{name}", names.get(path.split("/by-name")[0], "")).replace("{id}", str(ids.get(path.split("/{")[0], "")))
        got = busy.control.ask("GET", real)
        kind, media = next(iter(answer.items()))
        assert got.status == 200 and got.headers["Content-Type"].startswith(kind), f"{real}: {got.status} {got.headers}"
        if kind == "application/json":
            assert got.json != [], real
            validate(got.json, media["schema"])
        asked += 1
    assert asked >= 21
    assert busy.control.ask("GET", "/v1/openapi.yaml").text == FILE.read_text()
    events = busy.control.events("/v1/events?status=250")
    seen = dict([next(events)])  # changes are sent from here on
    busy.player.send(15)
    while set(seen) != {"status", "change"}:
        name, value = next(events)
        seen[name] = value
    validate(seen["status"], of("DaemonStatus"))
    validate(seen["change"], of("Change"))
    validate(busy.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "4"}}).json, of("ReloadReport"))
    validate(busy.control.get("/v1/configuration"), of("ConfigurationReport"))
    validate(busy.control.ask("GET", "/v1/nothing").json, of("APIError"))


def test_json_output_of_the_command(busy, install):
    def objects(**properties):
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}

    def lists(schema):
        return {"type": "array", "items": schema, "minItems": 1}

    text = {"type": "string"}
    verdicts = {"enum": ["ok", "warning", "fail", "unknown"]}
    cases = [
        (["list"], of("SessionsStatus")), (["glitches"], lists(of("GlitchEvent"))), (["stats", "--ptp"], of("ClockReport")),
        (["stats"], objects(status=of("DaemonStatus"), threads=lists(of("ThreadStatus")))),
        (["configure"], objects(configuration=of("ConfigurationReport"), logLevel=text)),
        (["configure", "streams.link-offset", "150ms"], of("ReloadReport")), (["configure", "--log-level", "info"], of("LogLevelReport")),
        (["doctor"], lists(objects(check=text, verdict=verdicts, seen=text, fix=text))),
        (["stream", "publish", "extra", "--channels", "1"], of("SenderStatus")), (["stream", "edit", "extra", "--port", "6000"], of("SenderStatus")),
        (["subscribe", "host 2 stream 3", "--replace", "--to", "1", "--name", "third"], of("ReceiverStatus")),
    ]
    for words, schema in cases:
        done = run_command(busy, install, *words, "--json", check=False)
        assert done.returncode in (0, 1 if words == ["doctor"] else 0), f"{words}: {done}"
        validate(json.loads(done.stdout), schema)

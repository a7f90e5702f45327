# SPDX-License-Identifier: MIT
"""Prints the description of the control API: the routes below, the values declared in Sources/ControlAPI, and the request schemas, which
follow from the declarations of attributes.

    python3 scripts/openapi.py SCHEMAS      SCHEMAS: the output of `Reference schemas`; see scripts/reference.sh
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Method, path, summary, request, reply: names of values, None for none, a media type for anything but JSON.
ROUTES = [
    ("get", "/v1/status", "The complete status.", None, "DaemonStatus"),
    ("get", "/v1/clock", "The clock and its grandmaster.", None, "ClockReport"),
    ("get", "/v1/clock/history", "Offset, jitter and path delay of the clock over the last seconds.", None, "ClockHistoryReport"),
    ("get", "/v1/clocks", "The clocks on the network, the best first, and the winner of the election.", None, "ClocksReport"),
    ("get", "/v1/clients", "Programs that have the device open.", None, "[ClientStatus]"),
    ("get", "/v1/senders", "The senders.", None, "[SenderStatus]"),
    ("post", "/v1/senders", "Adds a sender. Attributes that are not given take their defaults: a free address, name and channels.", "SenderRequest", "SenderStatus"),
    ("get", "/v1/senders/{id}", "One sender.", None, "SenderStatus"),
    ("patch", "/v1/senders/{id}", "Changes a sender. Attributes that are not given keep their values.", "SenderRequest", "SenderStatus"),
    ("delete", "/v1/senders/{id}", "Removes a sender.", None, None),
    ("get", "/v1/senders/{id}/sdp", "The description of a sender, as it is announced.", None, "application/sdp"),
    ("put", "/v1/senders/{id}/sdp", "Changes a sender by its edited description. A line that cannot be announced is refused with its number.", "SDPCheckRequest", "SenderStatus"),
    ("get", "/v1/senders/by-name/{name}", "One sender.", None, "SenderStatus"),
    ("patch", "/v1/senders/by-name/{name}", "Changes a sender. Attributes that are not given keep their values.", "SenderRequest", "SenderStatus"),
    ("delete", "/v1/senders/by-name/{name}", "Removes a sender.", None, None),
    ("get", "/v1/senders/by-name/{name}/sdp", "The description of a sender, as it is announced.", None, "application/sdp"),
    ("put", "/v1/senders/by-name/{name}/sdp", "Changes a sender by its edited description. A line that cannot be announced is refused with its number.", "SDPCheckRequest", "SenderStatus"),
    ("get", "/v1/senders/{id}/attributes", "The attributes of a sender, each with its value and the values allowed.", None, "[AttributeStatus]"),
    ("get", "/v1/senders/by-name/{name}/attributes", "The attributes of a sender, each with its value and the values allowed.", None, "[AttributeStatus]"),
    ("get", "/v1/senders/{id}/histogram", "The departures of a sender's packets.", None, "SenderMeasurement"),
    ("get", "/v1/senders/by-name/{name}/histogram", "The departures of a sender's packets.", None, "SenderMeasurement"),
    ("get", "/v1/receivers", "The receivers.", None, "[ReceiverStatus]"),
    ("post", "/v1/receivers", "Adds a receiver, by address, session or SDP.", "ReceiverRequest", "ReceiverStatus"),
    ("get", "/v1/receivers/{id}", "One receiver.", None, "ReceiverStatus"),
    ("patch", "/v1/receivers/{id}", "Changes a receiver. Attributes that are not given keep their values.", "ReceiverRequest", "ReceiverStatus"),
    ("delete", "/v1/receivers/{id}", "Removes a receiver.", None, None),
    ("get", "/v1/receivers/by-name/{name}", "One receiver.", None, "ReceiverStatus"),
    ("patch", "/v1/receivers/by-name/{name}", "Changes a receiver. Attributes that are not given keep their values.", "ReceiverRequest", "ReceiverStatus"),
    ("delete", "/v1/receivers/by-name/{name}", "Removes a receiver.", None, None),
    ("get", "/v1/receivers/{id}/sdp", "The description of the stream that a receiver receives.", None, "application/sdp"),
    ("put", "/v1/receivers/{id}/sdp", "Makes a receiver receive the stream of a description. A line that cannot be read or received is refused with its number.", "SDPCheckRequest", "ReceiverStatus"),
    ("get", "/v1/receivers/by-name/{name}/sdp", "The description of the stream that a receiver receives.", None, "application/sdp"),
    ("put", "/v1/receivers/by-name/{name}/sdp", "Makes a receiver receive the stream of a description. A line that cannot be read or received is refused with its number.", "SDPCheckRequest", "ReceiverStatus"),
    ("get", "/v1/receivers/{id}/attributes", "The attributes of a receiver, each with its value and the values allowed.", None, "[AttributeStatus]"),
    ("get", "/v1/receivers/by-name/{name}/attributes", "The attributes of a receiver, each with its value and the values allowed.", None, "[AttributeStatus]"),
    ("get", "/v1/receivers/{id}/histogram", "The arrivals of a receiver's packets.", None, "ReceiverMeasurement"),
    ("get", "/v1/receivers/by-name/{name}/histogram", "The arrivals of a receiver's packets.", None, "ReceiverMeasurement"),
    ("post", "/v1/sdp/check", "Checks an SDP text: its streams, and its mistakes line by line. Nothing is changed.", "SDPCheckRequest", "SDPCheckReport"),
    ("get", "/v1/sessions", "The sessions that are announced on the network.", None, "SessionsStatus"),
    ("get", "/v1/histograms", "Arrivals and departures of packets.", None, "StreamMeasurements"),
    ("get", "/v1/faults", "Late, lost and dropped packets and xruns since the last reset.", None, "FaultReport"),
    ("delete", "/v1/faults", "Resets the counts of faults.", None, "FaultReport"),
    ("get", "/v1/glitches", "The latest audible events, with the packets around them.", None, "[GlitchEvent]"),
    ("get", "/v1/alarms", "The last 256 alarms: streams that got worse or recovered.", None, "[Alarm]"),
    ("get", "/v1/meters", "Levels of the last 300 ms.", None, "MeterSnapshot"),
    ("get", "/v1/interfaces", "The network interfaces of this host, and the one that streams use.", None, "[InterfaceStatus]"),
    ("get", "/v1/threads", "Processor time of each thread.", None, "[ThreadStatus]"),
    ("get", "/v1/configuration", "The configuration file, its profile, and the overrides.", None, "ConfigurationReport"),
    ("patch", "/v1/configuration", "Overrides values of the configuration file, which is not read again.", "SettingsRequest", "ReloadReport"),
    ("delete", "/v1/configuration", "Drops all overrides.", None, "ReloadReport"),
    ("get", "/v1/undo", "The last changes that can be undone, the latest first: 20 at most.", None, "[UndoableChange]"),
    ("post", "/v1/undo", "Undoes the last change of senders, receivers, settings or profile.", None, "UndoReport"),
    ("get", "/v1/settings", "Every key with its value in force and the origin of the value.", None, "[SettingStatus]"),
    ("delete", "/v1/settings/{keys}", "Drops the overrides of one key, or of several that are separated by commas.", None, "ReloadReport"),
    ("get", "/v1/presets", "The presets: streams and settings that were saved under names.", None, "[PresetStatus]"),
    ("put", "/v1/presets/{name}", "Saves the present senders, receivers and settings under a name.", None, "PresetStatus"),
    ("delete", "/v1/presets/{name}", "Deletes a preset.", None, None),
    ("post", "/v1/presets/{name}/load", "Loads a preset: its senders, receivers and settings, in one change.", None, "ReloadReport"),
    ("post", "/v1/reload", "Reads the configuration file again.", None, "ReloadReport"),
    ("put", "/v1/profile", "Switches to a profile.", "ProfileRequest", "ReloadReport"),
    ("get", "/v1/log-level", "The level from which events are logged.", None, "LogLevelReport"),
    ("put", "/v1/log-level", "Changes the log level.", "LogLevelReport", "LogLevelReport"),
    ("get", "/v1/events", "Server-sent events: `status`, a DaemonStatus, `change`, a Change, `alarm`, an Alarm, `meters`, MeterPeaks, and `sessions`, a SessionsChange.", None, "text/event-stream"),
    ("get", "/v1/openapi.yaml", "This description.", None, "application/yaml"),
    ("get", "/metrics", "The status for Prometheus.", None, "text/plain"),
    ("post", "/session", "Exchanges the token for a cookie; only at the panel's port.", None, None),
    ("get", "/", "The control panel.", None, "text/html"),
    ("get", "/panel/{file}", "A style or module of the control panel.", None, "text/javascript"),
]
REPLACE = ("replace", "True to remove receivers that fill the same device channels. Receivers of the layout yield theirs in any case.", {"type": "boolean"})
QUERIES = {("post", "/v1/receivers"): REPLACE, ("patch", "/v1/receivers/{id}"): REPLACE, ("patch", "/v1/receivers/by-name/{name}"): REPLACE,
           ("put", "/v1/receivers/{id}/sdp"): REPLACE, ("put", "/v1/receivers/by-name/{name}/sdp"): REPLACE,
           ("patch", "/v1/configuration"): ("force", "True to accept a network interface that does not exist.", {"type": "boolean"}),
           ("get", "/v1/clock/history"): ("seconds", "The length of the history in seconds; 600 by default.", {"type": "integer", "minimum": 1, "maximum": 86400}),
           ("get", "/v1/alarms"): ("after", "The number of the last known alarm: only later ones are returned.", {"type": "integer", "minimum": 0}),
           ("get", "/v1/glitches"): ("after", "The number of the last known event: only later ones are returned.", {"type": "integer", "minimum": 0}),
           ("get", "/v1/events"): [("status", "Milliseconds between two `status` events.", {"type": "integer", "minimum": 250, "maximum": 60000}),
                                   ("meters", "Milliseconds between two `meters` events, or more while no level changes; without it, none are sent.", {"type": "integer", "minimum": 50, "maximum": 1000}),
                                   ("sessions", "True to receive changes of the sessions on the network.", {"type": "boolean"})]}
CREATED = {("post", "/v1/senders"), ("post", "/v1/receivers")}
NUMBERS = {"Int": {}, "Int32": {}, "Int64": {}, "UInt8": {"minimum": 0, "maximum": 255}, "UInt16": {"minimum": 0, "maximum": 65535},
           "UInt32": {"minimum": 0}, "UInt64": {"minimum": 0}}


def json_words(comment):
    """Returns a comment on a Swift value in JSON's terms."""
    return re.sub(r"\bnil\b", "null", comment).replace("Nil ", "Null ").replace("``", "`")


def declared():
    """Returns the public values of ControlAPI: their properties with type and comment, or their cases."""
    types = {}
    for file in sorted((ROOT / "Sources/ControlAPI").glob("*.swift")):
        stack, depth, comment = [], 0, []
        for line in file.read_text().splitlines():
            text = re.sub(r"^(public var \w+) = (true|false)$", r"\1: Bool", line.strip())
            opened = re.match(r"public (struct|enum) (\w+).*\b(Codable)\b.*\{", text)
            inner = stack and depth == stack[-1][1] + 1
            if opened:
                name = ".".join([stack[-1][0], opened[2]]) if stack else opened[2]
                types[name] = {"kind": opened[1], "members": [], "about": " ".join(comment)}
                stack.append((name, depth))
            elif inner and (found := re.match(r"public var (\w+): ([^={]+?)(?: = .*)?$", text)):
                types[stack[-1][0]]["members"].append((found[1], found[2], " ".join(comment)))
            elif inner and types[stack[-1][0]]["kind"] == "enum" and text.startswith("case "):
                types[stack[-1][0]]["members"] += [(case.strip(), "", "") for case in text[5:].split(",")]
            comment = [*comment, json_words(text[3:].strip())] if text.startswith("///") else []
            depth += text.count("{") - text.count("}")
            if stack and depth <= stack[-1][1]:
                stack.pop()
    return types


def schema(swift, scope, types):
    """Returns the schema of a Swift type named within `scope`."""
    swift = swift.strip()
    if swift.endswith("?"):
        return {"anyOf": [schema(swift[:-1], scope, types), {"type": "null"}]}
    if found := re.fullmatch(r"\[String: (.+)\]", swift):
        return {"type": "object", "additionalProperties": schema(found[1], scope, types)}
    if found := re.fullmatch(r"\[(.+)\]", swift):
        return {"type": "array", "items": schema(found[1], scope, types)}
    if swift in NUMBERS:
        return {"type": "integer", **NUMBERS[swift]}
    if swift in ("String", "Bool", "Double"):
        return {"type": {"String": "string", "Bool": "boolean", "Double": "number"}[swift]}
    parts = scope.split(".") if scope else []
    for length in range(len(parts), -1, -1):
        name = ".".join([*parts[:length], swift])
        if name in types:
            return {"$ref": f"#/components/schemas/{name}"}
    raise SystemExit(f"{scope}: what is {swift}?")


def component(name, types, levels):
    declaration = types[name]
    about = {"description": declaration["about"]} if declaration["about"] else {}
    if declaration["kind"] == "enum":
        return {**about, "type": "string", "enum": [case.split("=")[-1].strip().strip('"') for case, _, _ in declaration["members"]]}
    properties = {}
    for member, swift, comment in declaration["members"]:
        properties[member] = {**schema(swift, name, types), **({"description": comment} if comment else {})}
    if name == "LogLevelReport":
        properties["level"] = {"enum": levels}
    required = [member for member, swift, _ in declaration["members"] if not swift.endswith("?")]
    return {**about, "type": "object", "properties": properties, "required": required, "additionalProperties": False}


def content(value, types):
    if "/" in value:
        return {value: {"schema": {"type": "object" if value == "application/yaml" else "string"}}}
    return {"application/json": {"schema": schema(value, "", types)}}


def document(requests):
    types = {**declared(), **{name: None for name in requests}}
    levels = requests["SettingsRequest"]["properties"]["settings"]["properties"]["log.level"]["enum"]
    refused = {"description": "Refused, with a reason and a hint.", "content": content("APIError", types)}
    paths = {}
    for method, path, summary, request, answer in ROUTES:
        status = "201" if (method, path) in CREATED else "200" if answer else "204"
        done = {"description": "Done.", **({"content": content(answer, types)} if answer else {})}
        operation = {"summary": summary, "responses": {status: done, "default": refused}}
        if method == "delete" and not answer:
            operation["responses"]["200"] = {"description": "Done, but not saved: it is lost at the next restart.", "content": content("RemovalReport", types)}
        if request:
            operation["requestBody"] = {"required": True, "content": content(request, types)}
        parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "integer" if name == "id" else "string"}}
                      for name in re.findall(r"{(\w+)}", path)]
        if (method, path) in QUERIES:
            queries = QUERIES[method, path]
            for name, description, kind in queries if isinstance(queries, list) else [queries]:
                parameters.append({"name": name, "in": "query", "description": description, "schema": kind})
        if parameters:
            operation["parameters"] = parameters
        paths.setdefault(path, {})[method] = operation
    return {"openapi": "3.1.0",
            "info": {"title": "aes67d", "version": "1", "license": {"name": "MIT", "identifier": "MIT"},
                     "description": "HTTP and JSON on /run/aes67/control.sock; see Control.md in the documentation."},
            "servers": [{"url": "http://aes67"}], "paths": paths,
            "components": {"schemas": {name: requests[name] if name in requests else component(name, types, levels) for name in sorted(types)}}}


def yaml(value, indent=0):
    """Returns YAML: block style for long values, and JSON, which is valid YAML, for short ones."""
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or len(short) + indent < 110:
        return short
    space = "\n" + "  " * (indent // 2)
    if isinstance(value, list):
        return "".join(f"{space}- {yaml(item, indent + 2).lstrip()}" for item in value)
    lines = [(json.dumps(key), yaml(item, indent + 2)) for key, item in value.items()]
    return "".join(f"{space}{key}:{'' if item.startswith(chr(10)) else ' '}{item}" for key, item in lines)


def text(requests):
    return ("# SPDX-License-Identifier: MIT\n# Written by scripts/reference.sh from Sources/ControlAPI and Sources/DaemonConfiguration."
            + yaml(document(requests)) + "\n")


if __name__ == "__main__":
    requests = json.loads(pathlib.Path(sys.argv[1]).read_text())
    settings = requests.pop("Settings")
    requests["SettingsRequest"] = {"type": "object", "properties": {"settings": settings}, "required": ["settings"], "additionalProperties": False}
    sys.stdout.write(text(requests))

# SPDX-License-Identifier: MIT
"""Headless Chromium on a test host, controlled by the DevTools protocol through a pair of pipes.

It collects console errors, violations of the content security policy, and requests to other addresses, which a correct page never has.
"""

import base64
import collections
import json
import os
import shutil
import threading
import time
import urllib.parse

from .network import wait_for

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps",
         "--mute-audio", "--password-store=basic", "--remote-debugging-pipe"]
DESKTOP, PHONE = (1440, 900), (390, 844)


class Browser:
    """One Chromium, which ends with the test."""

    def __init__(self, host):
        assert shutil.which("chromium"), "chromium is missing: scripts/dependencies.sh --test installs it"
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # Chromium aborts its requests when an address is added; IPv6 addresses appear a second after the link.
        wait_for(lambda: not host.run("ip", "-6", "addr", "show", "tentative").stdout, "the addresses to be settled")
        profile = host.path(f"chromium-{len(host.processes)}")
        # Chromium reads commands from descriptor 3, and writes to 4.
        command = f"exec 3<&{theirs_in} 4>&{theirs_out}; exec chromium {' '.join(FLAGS)} --user-data-dir={profile} about:blank"
        self.answers, self.events = {}, collections.deque()
        self.number, self.pages = 0, {}
        os.set_inheritable(theirs_in, True)
        os.set_inheritable(theirs_out, True)
        self.process = host.spawn("bash", "-c", command, name="chromium", pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)
        self.out = ours_out
        threading.Thread(target=self._read, args=(ours_in,), daemon=True).start()

    def _read(self, descriptor):
        rest = b""
        while chunk := os.read(descriptor, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self.answers[message["id"]] = message
                elif page := self.pages.get(message.get("sessionId")):
                    page.hear(message["method"], message["params"])
        os.close(descriptor)

    def ask(self, method, session=None, timeout=15, **params):
        """Returns Chromium's reply to a command; raises the command's error."""
        self.number += 1
        number = self.number
        text = json.dumps({"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})})
        os.write(self.out, text.encode() + b"\0")
        wait_for(lambda: number in self.answers or not self.process.running, f"chromium to answer {method}", timeout=timeout, interval=0.002)
        assert number in self.answers, f"chromium ended:\n{self.process.output[-3000:]}"
        answer = self.answers.pop(number)
        assert "error" not in answer, f"{method} {params}: {answer['error']}"
        return answer["result"]

    def page(self, address, size=DESKTOP, scheme="dark"):
        """Opens a new page with this address."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.ask(f"{domain}.enable")
        page.resize(*size)
        page.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        page.go(address)
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.faults, self.requests, self.loads = [], [], 0
        self.waiting = {}  # requests without a reply
        self.messages = collections.Counter()  # server-sent events by their names
        self.received = 0  # bytes of replies and events

    def ask(self, method, **params):
        return self.browser.ask(method, self.session, **params)

    def hear(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.faults.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.faults.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
            self.waiting[params["requestId"]] = params["request"]["url"]
        elif method in ("Network.responseReceived", "Network.loadingFailed"):
            self.waiting.pop(params["requestId"], None)
        elif method == "Network.eventSourceMessageReceived":
            self.messages[params["eventName"]] += 1
        elif method == "Network.dataReceived":
            self.received += params["dataLength"]
        elif method == "Page.loadEventFired":
            self.loads += 1

    def elsewhere(self, address):
        """Returns the requests to other hosts and ports than this address has."""
        place = urllib.parse.urlsplit(address).netloc
        return [url for url in self.requests if urllib.parse.urlsplit(url).netloc != place and not url.startswith(("data:", "about:"))]

    def go(self, address):
        before = self.loads
        self.ask("Page.navigate", url=address)
        if "#" not in address or before == 0:
            wait_for(lambda: self.loads > before, f"{address} to load", timeout=15)

    def reload(self):
        before = self.loads
        self.ask("Page.reload")
        wait_for(lambda: self.loads > before, "the page to load again", timeout=15)

    def resize(self, width, height):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def scheme(self, value):
        """Sets the colour scheme, `dark` or `light`."""
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def value(self, expression):
        """Returns the value of an expression, which may be a promise."""
        done = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, f"{expression}: {done['exceptionDetails'].get('exception', {}).get('description')}"
        return done["result"].get("value")

    def wait(self, expression, what, timeout=5.0):
        """Waits until an expression is true and returns its value; true for an element."""
        try:
            return wait_for(lambda: self.value(f"(found => found instanceof Node ? true : found)({expression})"), what, timeout=timeout, interval=0.03)
        except AssertionError as error:
            raise AssertionError(f"{error}; console: {self.faults}; unanswered: {sorted(self.waiting.values())}; on the page: {self.text()[:1500]}") from None

    def text(self, selector="body"):
        return self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def middle(self, selector):
        """Waits for an element, scrolls to it, and returns the position of its centre."""
        self.wait(f"document.querySelector({json.dumps(selector)})", selector)
        place = self.value(f"""(() => {{
            const found = document.querySelector({json.dumps(selector)});
            if (!found) return null;
            found.scrollIntoView({{block: "nearest", inline: "nearest"}});
            const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        assert place, f"there is no {selector}"
        return place

    def mouse(self, kind, x, y, buttons=0):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if kind != "mouseMoved" or buttons else "none", buttons=buttons,
                 clickCount=1 if kind != "mouseMoved" else 0)

    def click(self, selector):
        x, y = self.middle(selector)
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, 1)
        self.mouse("mouseReleased", x, y)

    def drag(self, first, last, steps=8):
        """Drags from one position to another, both visible."""
        (x, y), (u, v) = first, last
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, 1)
        for step in range(1, steps + 1):
            self.mouse("mouseMoved", x + (u - x) * step / steps, y + (v - y) * step / steps, 1)
        self.mouse("mouseReleased", u, v)

    def press(self, key, code=0, text="", modifiers=0):
        """Presses a key such as `3`, `Delete` or `ArrowDown`."""
        text = text or (key if len(key) == 1 else {"Enter": "\r"}.get(key, ""))
        common = {"key": key, "modifiers": modifiers, "windowsVirtualKeyCode": code or CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, selector, text):
        """Waits for a field, and replaces its content by this text."""
        self.wait(f"document.querySelector({json.dumps(selector)})", selector)
        self.value(f"(() => {{ const field = document.querySelector({json.dumps(selector)}); field.focus(); field.select?.(); }})()")
        self.ask("Input.insertText", text=text)

    def picture(self, file, whole=False):
        """Saves a screenshot as PNG, of the visible part or of the whole page."""
        done = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(done["data"]))
        return file


CODES = {"Enter": 13, "Escape": 27, " ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Delete": 46, "Home": 36, "End": 35, "Tab": 9,
         "PageDown": 34, "PageUp": 33, "/": 191, "?": 191}


def settle(seconds):
    """Waits for some real time in which nothing may change."""
    time.sleep(seconds)

// SPDX-License-Identifier: MIT
// One stream of events fills the store. While the page is hidden, there are no requests.
import {ask} from "./session.js";
import {get, set} from "./store.js";

const KEPT = 200;
let source = null;
let meters = false;
let retry = null;

/** True if the current view has meters. */
export function wantMeters(wanted) {
  if (meters === wanted) return;
  meters = wanted;
  if (source) start();
}

/** Starts the stream of events, and from then on stops it while the page is hidden. */
export function begin() {
  document.addEventListener("visibilitychange", () => document.hidden ? stop() : start());
  if (!document.hidden) start();
}

function stop() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

function start() {
  stop();
  const opened = new EventSource(`/v1/events?status=1000&sessions=true${meters ? "&meters=100" : ""}`);
  source = opened;
  const on = (name, take) => opened.addEventListener(name, event => take(JSON.parse(event.data)));
  let isNew = true;
  on("status", status => {
    set("online", true);
    set("status", status);
    // Changes before the beginning of this stream of events were not reported.
    if (isNew) set("sessionsChanged", Date.now());
    isNew = false;
  });
  on("meters", peaks => set("meters", peaks));
  on("sessions", () => set("sessionsChanged", Date.now()));
  on("change", change => set("changes", [{...change, unixMilliseconds: Date.now()}, ...(get("changes") ?? [])].slice(0, KEPT)));
  on("alarm", alarm => set("alarms", [alarm, ...(get("alarms") ?? [])].slice(0, KEPT)));
  opened.onerror = () => {
    isNew = true;
    lost(opened);
  };
}

/** Browsers reconnect automatically, unless the response was not a stream of events. */
async function lost(opened) {
  if (source !== opened) return;
  set("online", false);
  if (opened.readyState !== EventSource.CLOSED) return;
  let isLocked = false;
  try {
    await ask("GET", "/v1/log-level");
  } catch (error) {
    isLocked = error.status === 401;
  }
  // Meanwhile the page may have been hidden, or another stream of events begun.
  if (source !== opened) return;
  if (isLocked) {
    stop();
    set("locked", true);
  } else {
    retry = setTimeout(start, 1000);
  }
}

/** Repeats an action while the page is shown, at once for the first time; returns a function that stops it. */
export function every(milliseconds, action) {
  let timer = null;
  let ended = false;
  let busy = false;
  const step = async () => {
    clearTimeout(timer);
    if (ended || busy || document.hidden) return;
    busy = true;
    try {
      await action();
    } catch {
      // The feed reports that the daemon does not answer.
    }
    busy = false;
    if (!ended) timer = setTimeout(step, milliseconds);
  };
  document.addEventListener("visibilitychange", step);
  step();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", step);
  };
}

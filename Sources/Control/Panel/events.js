// SPDX-License-Identifier: MIT
// The view of events: dropouts with the packets around them, alarms, and changes while the page was open.
import {card, h, keep, setAttribute, setText, table} from "./dom.js";
import {every} from "./feed.js";
import {SIGNS} from "./health.js";
import {ask} from "./session.js";
import {get, watch} from "./store.js";
import {clockTime, count, plural} from "./words.js";

export const events = {name: "events", title: "Events", mount};

const KINDS = {glitch: "Dropouts", alarm: "Alarms", change: "Changes"};
/** The text after "3 packets" of a dropout. */
const GLITCHES = {resync: "after a restart of the stream", gap: "missing: the stream was silent"};
const MOST = 300;
const shownKinds = new Set(Object.keys(KINDS));

function mount(root) {
  const list = h("ol", {class: "timeline"});
  const none = h("p", {class: "empty"}, "No events yet.");
  const filters = h("div", {class: "segments", role: "group", "aria-label": "Kinds of events"}, Object.entries(KINDS).map(([kind, title]) => h("button", {type: "button", "data-kind": kind, "aria-pressed": "true", onclick: () => {
    if (!shownKinds.delete(kind)) shownKinds.add(kind);
    show();
  }}, title)));
  const save = h("a", {class: "button", download: "aes67-events.json", href: "data:application/json,[]"}, "Export JSON");
  const made = card("Events", "", list, none);
  made.end.append(filters, save);
  let [glitches, alarms] = [[], []];

  function show() {
    const all = [
      ...glitches.map(one => ({kind: "glitch", key: `g${one.number}`, at: one.unixMilliseconds, level: "warn", text: `“${one.receiver}”: ${plural(one.count, "packet")} ${GLITCHES[one.kind] ?? one.kind}`, glitch: one})),
      ...alarms.map(one => ({kind: "alarm", key: `a${one.number}`, at: one.unixMilliseconds, level: one.kind === "ended" ? "ok" : one.level === "unhealthy" ? "bad" : "warn", text: one.text})),
      ...(get("changes") ?? []).map((one, index, list) => ({kind: "change", key: `c${one.unixMilliseconds}-${list.length - index}`, at: one.unixMilliseconds, level: "idle", text: [one.name || one.kind, one.text].join(": ")})),
    ].filter(one => shownKinds.has(one.kind)).sort((one, two) => two.at - one.at).slice(0, MOST);
    keep(list, folded(all), one => one.key, item);
    none.hidden = all.length > 0;
    for (const button of filters.children) setAttribute(button, "aria-pressed", String(shownKinds.has(button.dataset.kind)));
    setAttribute(save, "href", `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(all.map(({key, level, ...one}) => one)))}`);
    setText(made.note, plural(all.length, "event"));
  }

  const ends = [
    every(2000, async () => {
      [glitches, alarms] = [await ask("GET", "/v1/glitches"), await ask("GET", "/v1/alarms")];
      show();
    }), watch("changes", show),
  ];
  root.append(made);
  return () => ends.forEach(end => end());
}

/** Combines successive equal events into one with a count. */
function folded(all) {
  const runs = [];
  for (const one of all) {
    const last = runs.at(-1);
    if (last && last.text === one.text && last.kind === one.kind) last.times++;
    else runs.push({...one, times: 1});
  }
  return runs;
}

function item(first) {
  const [when, sign, text] = [h("time", {class: "muted"}), h("span", {class: "sign", "aria-hidden": "true"}), h("span")];
  const made = h("li", {}, when, sign, text);
  if (first.glitch) made.append(packets(first.glitch));
  made.update = one => {
    setText(when, clockTime(one.at));
    setText(sign, SIGNS[one.level]);
    sign.className = `sign ${one.level}`;
    setText(text, one.times > 1 ? `${one.text} (${count(one.times)} times)` : one.text);
  };
  return made;
}

/** The packets around a dropout, made when the user unfolds them. */
function packets(glitch) {
  const made = h("details", {}, h("summary", {}, "Packets around it"));
  made.addEventListener("toggle", () => {
    if (made.children.length > 1) return;
    const shown = table(`Packets around a dropout of ${glitch.receiver}`, [
      {title: "Sequence", text: one => String(one.sequence)}, {title: "Time stamp", kind: "n", text: one => String(one.timestamp)},
      {title: "Margin", kind: "n", text: one => `${one.marginFrames} frames`}, {title: "As", text: one => one.verdict}, {title: "From", kind: "wide", text: one => one.source},
    ], "No packets were recorded.");
    shown.update(glitch.packets, one => `${one.sequence} ${one.arrivalFrame}`);
    made.append(shown);
  });
  return made;
}

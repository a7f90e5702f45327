// SPDX-License-Identifier: MIT
// The view of the clock: its history as graphs, its events, and its settings.
import {settingsForm} from "./configuration.js";
import {card, h, keep, setAttribute, setText, table} from "./dom.js";
import {every} from "./feed.js";
import {CLOCK_STATES, SIGNS, lockQuality} from "./health.js";
import {timeGraph} from "./graph.js";
import {ask} from "./session.js";
import {watch} from "./store.js";
import {age, clockTime, count, plural, time} from "./words.js";

export const clock = {name: "clock", title: "Clock", mount};

const RANGES = [[60, "1 min"], [600, "10 min"], [3600, "1 h"], [21_600, "6 h"], [86_400, "24 h"]];
const KEYS = ["ptp.mode", "ptp.profile", "ptp.domain", "ptp.priority1", "ptp.priority2", "ptp.timestamps", "clock.source"];
const MARKS = {state: "the clock became", grandmaster: "the grandmaster became", rebase: "the media clock stepped"};
const SOURCES = {16: "atomic clock", 32: "GPS", 48: "terrestrial radio", 64: "PTP", 80: "NTP", 96: "set by hand", 144: "other", 160: "internal oscillator"};
let range = 600;

function mount(root) {
  const ends = [];
  root.append(stateCard(ends), clocksCard(ends), pastCard(ends), h("div", {class: "row"}, counterCard(ends), settingsCard()));
  return () => ends.forEach(end => end());
}

function stateCard(ends) {
  const strip = h("ol", {class: "strip"}, Object.entries(CLOCK_STATES).map(([state, word]) => h("li", {"data-state": state}, word)));
  const list = h("ul", {class: "troubles"});
  const facts = h("dl", {class: "figures small"});
  const made = card("Clock state", "", strip, facts, list);
  const cells = {};
  for (const name of ["Lock", "Grandmaster", "Priority", "This clock", "Rate", "Time stamps"]) facts.append(h("div", {}, h("dt", {}, name), cells[name] = h("dd")));
  const line = one => h("li", {}, h("span", {class: `sign ${one.level}`, "aria-hidden": "true"}, SIGNS[one.level]), h("span", {}, one.sentence), h("span", {class: "remedy"}, one.remedy));
  ends.push(watch("status", ({clock, ptp}) => {
    for (const item of strip.children) setAttribute(item, "aria-current", item.dataset.state === clock.state ? "step" : null);
    const quality = lockQuality(ptp, clock.state);
    setText(cells.Lock, ptp ? quality.text : "PTP is off");
    const isOwn = ptp && ptp.grandmaster === ptp.clockIdentity;
    setText(cells.Grandmaster, ptp ? `${isOwn ? "♛ this host" : ptp.grandmaster}` : "–");
    setText(cells.Priority, ptp ? `${ptp.priority1}, ${plural(ptp.stepsRemoved, "step")} away` : "–");
    setText(cells["This clock"], ptp?.clockIdentity ?? "–");
    setText(cells.Rate, ptp ? `${(ptp.ratePartsPerBillion / 1000).toFixed(3).replace("-", "\u2212")} ppm` : "–");
    setText(cells["Time stamps"], ptp?.timestamps ?? "–");
    const problems = clock.problems.map(problem => ({level: {blocking: "bad", warning: "warn", note: "idle"}[problem.level], sentence: problem.sentence, remedy: problem.remedy}));
    keep(list, problems, one => `${one.level} ${one.sentence} ${one.remedy}`, line);
    list.hidden = !problems.length;
  }));
  return made;
}

/** The clocks that announce themselves, in the order of the election: the best first. */
function clocksCard(ends) {
  const state = clock => [clock.isOwn && "this host", clock.wins && "♛ wins", clock.isFollowed && "followed", !clock.isCandidate && (clock.isOwn ? "follows only" : "not heard often enough"),
    clock.grandmaster !== clock.clockIdentity && `time from ${clock.grandmaster}`].filter(Boolean).join(", ");
  const list = table("Clocks on the network", [
    {title: "Clock", text: clock => clock.clockIdentity}, {title: "Port", kind: "n", text: clock => clock.isOwn ? "" : clock.port}, {title: "Priority 1", kind: "n", text: clock => clock.priority1},
    {title: "Class", kind: "n", text: clock => clock.clockClass}, {title: "Accuracy", kind: "n", text: clock => `0x${clock.clockAccuracy.toString(16).toUpperCase()}`}, {title: "Variance", kind: "n", text: clock => clock.variance},
    {title: "Priority 2", kind: "n", text: clock => clock.priority2}, {title: "Steps", kind: "n", text: clock => clock.stepsRemoved}, {title: "Time source", text: clock => SOURCES[clock.timeSource] ?? clock.timeSource},
    {title: "Last heard", kind: "n", text: clock => clock.isOwn ? "" : `${age(clock.lastHeardMilliseconds)} ago`}, {title: "State", text: state},
  ], "PTP is off, or has no network.");
  const made = card("Clocks on the network", "the lowest value wins, compared from left to right; then the lowest identity", list);
  ends.push(every(1000, async () => {
    const {clocks, domain, otherDomain} = await ask("GET", "/v1/clocks");
    list.update(clocks, clock => `${clock.clockIdentity} ${clock.port}`);
    setText(made.end, [domain === undefined || domain === null ? "" : `domain ${domain}`, otherDomain === undefined || otherDomain === null ? "" : `another clock announces itself in domain ${otherDomain}`].filter(Boolean).join("; "));
  }));
  return made;
}

function pastCard(ends) {
  const graphs = [timeGraph("Offset from the grandmaster", time, {symmetric: true, height: 190}), timeGraph("Jitter", time, {height: 120}), timeGraph("Path delay", time, {height: 120})];
  const events = table("Clock events", [
    {title: "When", text: mark => clockTime(mark.unixMilliseconds)}, {title: "What", text: mark => `${MARKS[mark.kind]} ${mark.text}`},
  ], "None: state and grandmaster are unchanged, and the media clock has not stepped.");
  const ranges = h("div", {class: "segments", role: "group", "aria-label": "Range"}, RANGES.map(([seconds, text]) => h("button", {type: "button", onclick: () => choose(seconds), "data-seconds": seconds}, text)));
  const made = card("Past", "", ...graphs, h("h3", {}, "Changes"), events);
  made.end.append(ranges);
  let stop = () => {};

  async function show() {
    const asked = range;
    const past = await ask("GET", `/v1/clock/history?seconds=${asked}`);
    if (asked !== range) return;  // another range was chosen meanwhile
    const common = {end: past.endUnixMilliseconds, step: past.stepMilliseconds, marks: past.marks};
    graphs[0].show({...common, values: past.offset, least: past.offsetLeast, greatest: past.offsetGreatest});
    graphs[1].show({...common, values: past.jitter});
    graphs[2].show({...common, values: past.pathDelay});
    events.update(past.marks.toReversed().slice(0, 20), mark => `${mark.unixMilliseconds} ${mark.kind}`);
  }

  function choose(seconds) {
    range = seconds;
    for (const button of ranges.children) setAttribute(button, "aria-pressed", String(Number(button.dataset.seconds) === seconds));
    stop();
    stop = every(seconds <= 60 ? 250 : seconds <= 600 ? 1000 : 10_000, show);
  }
  // The graphs have a width only when they are part of the page.
  queueMicrotask(() => choose(range));
  ends.push(() => stop());
  return made;
}

const COUNTERS = {
  outliers: "Syncs rejected as outliers", otherDomain: "Messages of other domains", foreign: "PTPv1 and other profiles", notParent: "From other masters", malformed: "Malformed", unmatched: "Unmatched",
  missingReceiveStamps: "Without receive timestamp", missingTransmitStamps: "Without transmit timestamp", refusedSends: "Refused by the kernel", rejoins: "Groups rejoined",
};

function counterCard(ends) {
  const shown = table("PTP messages", [{title: "Message", text: row => row.name}, {title: "Received", kind: "n", text: row => row.received}, {title: "Sent", kind: "n", text: row => row.sent}], "PTP is off");
  const more = table("Rejected messages", [{title: "Messages", text: row => row.name}, {title: "Count", kind: "n", text: row => row.count}], "");
  const made = card("Messages", "since the start of the daemon", shown, more);
  ends.push(watch("status", ({ptp}) => {
    const names = ptp ? [...new Set([...Object.keys(ptp.counters.received), ...Object.keys(ptp.counters.sent)])].sort() : [];
    shown.update(names.map(name => ({name, received: count(ptp.counters.received[name] ?? 0), sent: count(ptp.counters.sent[name] ?? 0)})), row => row.name);
    const wrong = ptp ? Object.entries(COUNTERS).filter(([key]) => ptp.counters[key]).map(([key, name]) => ({name, count: count(ptp.counters[key])})) : [];
    more.update(wrong, row => row.name);
  }));
  return made;
}

function settingsCard() {
  const fields = settingsForm(setting => KEYS.includes(setting.key));
  fields.show();
  return card("Settings of the clock", "changes take effect at once unless marked", fields);
}

// SPDX-License-Identifier: MIT
// The view to keep open: problems, levels, clock, and each stream.
import {card, h, keep, setText, table} from "./dom.js";
import {every} from "./feed.js";
import {CLOCK_STATES, SIGNS, lockQuality, streamLevel, streamWord, troubles} from "./health.js";
import {meterCards} from "./metercards.js";
import {attempt} from "./notes.js";
import {ask} from "./session.js";
import {get, set, watch} from "./store.js";
import {address, channels, clockTime, count, decibels, frames, time} from "./words.js";

export const overview = {name: "overview", title: "Overview", meters: true, mount};

function mount(root) {
  const ends = [];
  root.append(troubleCard(ends));
  ends.push(meterCards(root));
  root.append(h("div", {class: "row"}, clockCard(ends), faultCard(ends), loadCard(ends)), receiverCard(ends), senderCard(ends));
  return () => ends.forEach(end => end());
}

function troubleCard(ends) {
  const list = h("ul", {class: "troubles"});
  const made = card("Current problems", "", list);
  const line = ({level}) => {
    const [sign, sentence, remedy] = [h("span", {class: `sign ${level}`, "aria-hidden": "true"}), h("span"), h("span", {class: "remedy"})];
    const item = h("li", {}, sign, sentence, remedy);
    item.update = trouble => {
      setText(sign, SIGNS[trouble.level]);
      setText(sentence, trouble.sentence);
      setText(remedy, trouble.remedy);
    };
    return item;
  };
  const show = () => {
    if (!get("status")) return;
    const found = troubles(get("status"), get("sessions"));
    const all = found.length ? found : [{level: "ok", sentence: "None: clock, network and streams are healthy.", remedy: ""}];
    keep(list, all, one => `${one.level} ${one.sentence}`, line);
  };
  ends.push(watch("status", show), watch("sessions", show));
  return made;
}

/** A list of facts by name, each made once. */
function facts(names) {
  const cells = Object.fromEntries(names.map(name => [name, h("dd")]));
  const list = h("dl", {class: "facts"}, names.flatMap(name => [h("dt", {}, name), cells[name]]));
  return {list, set: (name, text) => setText(cells[name], text), cell: name => cells[name]};
}

function clockCard(ends) {
  const shown = facts(["State", "Lock", "Grandmaster", "Offset", "Path delay", "Rate", "Time stamps", "Domain"]);
  const made = card("Clock", "", shown.list);
  ends.push(watch("status", ({clock, ptp}) => {
    const source = clock.source === "ptp" ? "" : `, by ${clock.source}`;
    shown.set("State", (CLOCK_STATES[clock.state] ?? clock.state) + source);
    const quality = lockQuality(ptp, clock.state);
    shown.set("Lock", ptp ? quality.text : "PTP is off");
    shown.cell("Lock").className = ptp ? quality.level : "idle";
    const steps = ptp?.stepsRemoved ? `, ${ptp.stepsRemoved} ${ptp.stepsRemoved === 1 ? "step" : "steps"} away` : "";
    shown.set("Grandmaster", ptp ? `${ptp.grandmaster}, priority ${ptp.priority1}${steps}` : "–");
    const isMeasured = ptp && ptp.offsetNanoseconds !== null && ptp.offsetNanoseconds !== undefined;
    shown.set("Offset", isMeasured ? `${time(ptp.offsetNanoseconds)} ± ${time(ptp.jitterNanoseconds ?? 0)}` : "–");
    shown.set("Path delay", isMeasured ? time(ptp.pathDelayNanoseconds) : "–");
    shown.set("Rate", isMeasured ? `${(ptp.ratePartsPerBillion / 1000).toFixed(3).replace("-", "\u2212")} ppm` : "–");
    shown.set("Time stamps", ptp?.timestamps ?? "–");
    shown.set("Domain", ptp?.domain ?? "–");
  }));
  return made;
}

function faultCard(ends) {
  const names = {late: "Late packets", lost: "Lost packets", dropped: "Dropped by us", xruns: "Xruns"};
  const cells = Object.fromEntries(Object.keys(names).map(key => [key, h("dd", {"data-fault": key})]));
  const reset = h("button", {type: "button", onclick: () => attempt(async () => set("faults", await ask("DELETE", "/v1/faults")))}, "Reset");
  const minute = h("p", {class: "muted"});
  const made = card("Faults", "", h("dl", {class: "figures"}, Object.entries(names).map(([key, name]) => h("div", {}, h("dt", {}, name), cells[key]))), minute);
  made.end.append(reset);
  ends.push(watch("faults", faults => {
    for (const key of Object.keys(names)) {
      setText(cells[key], count(faults[key]));
      cells[key].className = faults[key] ? "warn" : "";
    }
    setText(made.note, `since ${clockTime(faults.sinceUnixMilliseconds)}`);
  }), watch("status", ({receivers}) => {
    const sum = key => receivers.reduce((total, receiver) => total + receiver.health[key], 0);
    setText(minute, `In the last minute: ${count(sum("lateLastMinute"))} late, ${count(sum("lostLastMinute"))} lost.`);
  }));
  return made;
}

/** Processor time of the media threads, as parts of one processor over the last seconds. */
function loadCard(ends) {
  const shown = table("Processor use of the media threads", [
    {title: "Thread", text: thread => thread.name}, {title: "Processor", kind: "n", text: thread => `${(100 * thread.share).toFixed(1)} %`},
  ], "not measured yet");
  const made = card("Processor", "of one core", shown);
  let last = new Map();
  ends.push(every(2000, async () => {
    const threads = (await ask("GET", "/v1/threads")).filter(thread => ["media-tx", "media-rx", "ptp"].includes(thread.name));
    for (const thread of threads) {
      const before = last.get(thread.id);
      const [used, age] = before ? [thread.processorNanoseconds - before.processorNanoseconds, thread.ageNanoseconds - before.ageNanoseconds]
        : [thread.processorNanoseconds, thread.ageNanoseconds];
      thread.share = age > 0 ? used / age : 0;
    }
    last = new Map(threads.map(thread => [thread.id, thread]));
    shown.update(threads, thread => thread.id);
  }));
  return made;
}

/** The state with sign and word, and its cause below. */
const state = {title: "State", make(cell, stream) {
  if (!cell.parts) {
    cell.parts = [h("span", {"aria-hidden": "true"}), h("span"), h("span", {class: "cause"})];
    cell.append(cell.parts[0], " ", cell.parts[1], cell.parts[2]);
  }
  const level = streamLevel(stream);
  cell.parts[0].className = `sign ${level}`;
  cell.parts[1].className = level;
  setText(cell.parts[0], SIGNS[level]);
  setText(cell.parts[1], streamWord(stream));
  setText(cell.parts[2], stream.error ?? "");
}};
const level = {title: "Level", kind: "n", text: stream => decibels(stream.health.peakDecibels)};
const minute = (title, key) => ({title, kind: "n", text: stream => count(stream.health[key])});

function receiverCard(ends) {
  const shown = table("Receivers", [
    {title: "Stream", text: stream => stream.name}, state, level,
    {title: "Channels", kind: "n", text: channels},
    {title: "Latency", kind: "n wide", text: stream => frames(stream.linkOffsetFrames)},
    {...minute("Late", "lateLastMinute")}, {...minute("Lost", "lostLastMinute")},
    {title: "From", kind: "wide", text: address},
  ], "No receivers: nothing is received yet.");
  const made = card("Receivers", "late and lost in the last minute", shown);
  ends.push(watch("status", status => shown.update(status.receivers, stream => stream.id)));
  return made;
}

function senderCard(ends) {
  const shown = table("Senders", [
    {title: "Stream", text: stream => stream.name}, state, level,
    {title: "Channels", kind: "n", text: channels},
    {title: "Packets", kind: "n wide", text: stream => `${count(stream.health.packetsPerSecond)}/s`},
    minute("Dropped", "lateLastMinute"), {title: "To", kind: "wide", text: address},
  ], "No senders: nothing is sent yet.");
  const made = card("Senders", "dropped in the last minute", shown);
  ends.push(watch("status", status => shown.update(status.senders, stream => stream.id)));
  return made;
}

// SPDX-License-Identifier: MIT
// The health of everything, in four levels: ok, warn, bad, idle. Each has a sign and a word as well as a colour.
import {count, plural, time} from "./words.js";

export const SIGNS = {ok: "✓", warn: "!", bad: "✕", idle: "–"};
const WORDS = {
  addressConflict: "address conflict", noNetwork: "no network", refused: "refused by the receiver", waitingForClock: "waiting for the clock",
  notReceivable: "not receivable",
};

/** The level of a sender or receiver. One that waits to start, or is switched off, has no fault. */
export function streamLevel(stream) {
  if (stream.state === "disabled" || stream.state === "waiting") return "idle";
  // Streams of the layout may be absent: a card without a remote host is healthy.
  if (stream.state === "silent" && stream.yields && !hasBegun(stream)) return "idle";
  if (stream.state === "waitingForClock") return "warn";
  return {healthy: "ok", partiallyHealthy: "warn", unhealthy: "bad", inactive: "idle"}[stream.health.level] ?? "bad";
}

const hasBegun = stream => stream.health.lastPacketAgeMilliseconds !== null && stream.health.lastPacketAgeMilliseconds !== undefined;

export const streamWord = stream => WORDS[stream.state] ?? stream.state;

const flows = stream => ["healthy", "partiallyHealthy"].includes(stream.health.level);

function worst(levels) {
  return ["bad", "warn", "ok"].find(level => levels.includes(level)) ?? "idle";
}

function streams(all, verb, href) {
  const active = all.filter(stream => stream.state !== "disabled");
  const running = active.filter(flows).length;
  return {name: verb, href, level: worst(active.map(streamLevel)), text: active.length ? `${running}/${active.length} ${verb.toLowerCase()}` : `nothing ${verb.toLowerCase()}`};
}

/** The states of the clock in words. */
export const CLOCK_STATES = {
  "free-running": "Free-running", acquiring: "Acquiring", locked: "Locked", holdover: "Holdover", grandmaster: "Grandmaster",
};

function clock(status) {
  const {clock, ptp} = status;
  const word = CLOCK_STATES[clock.state] ?? clock.state;
  const problems = clock.problems.map(problem => problem.level);
  const isSteady = clock.state === "locked" || clock.state === "grandmaster";
  const level = problems.includes("blocking") ? "bad" : problems.includes("warning") ? "warn" : isSteady ? "ok" : ptp ? "warn" : "idle";
  const offset = clock.state === "locked" && ptp?.offsetNanoseconds !== null && ptp?.offsetNanoseconds !== undefined
    ? ` ${time(ptp.offsetNanoseconds)} ± ${time(ptp.jitterNanoseconds ?? 0)}` : "";
  return {name: "Clock", href: "#/clock", level, text: ptp || clock.state !== "free-running" ? word + offset : "PTP off"};
}

function network(status) {
  const {interface: used} = status;
  if (!used) return {name: "Network", href: "#/settings", level: "bad", text: "no network"};
  const isWired = used.kind === "wired" || used.kind === "loopback";
  return {name: "Network", href: "#/settings", level: isWired ? "ok" : "warn", text: isWired ? used.name : `${used.name} is ${used.kind}`};
}

function programs(status, faults) {
  const xruns = faults?.xruns ?? 0;
  const running = status.clients.length;
  const text = plural(running, "program") + (xruns ? `, ${plural(xruns, "xrun")}` : "");
  return {name: "Programs", href: "#/programs", level: xruns ? "warn" : running ? "ok" : "idle", text};
}

/** The content of the pills. */
export function summary(status, faults) {
  return [
    clock(status), network(status), streams(status.receivers, "Receiving", "#/streams"), streams(status.senders, "Sending", "#/streams"),
    programs(status, faults),
  ];
}

/** The accuracy of the clock, half of its 95 % interval, as a level and a text with the level's limit. */
export function lockQuality(ptp, state) {
  if (state === "grandmaster") return {level: "ok", text: "this host is the grandmaster"};
  const accuracy = ptp?.accuracyNanoseconds;
  if (!ptp?.locked || accuracy === null || accuracy === undefined) return {level: "warn", text: "none: not locked"};
  if (accuracy <= 1_000) return {level: "ok", text: `excellent: within ${time(accuracy)} (limit 1 µs)`};
  if (accuracy <= 20_000) return {level: "ok", text: `good: within ${time(accuracy)} (limit 20 µs, one sample)`};
  return {level: "warn", text: `poor: within ${time(accuracy)} (more than 20 µs, one sample)`};
}

/** The present problems, the most severe first: each `{level, sentence, remedy}`. */
export function troubles(status, sessions) {
  const found = [];
  const add = (level, sentence, remedy = "") => found.push({level, sentence, remedy});
  if (!status.interface) add("bad", "No usable network interface", status.interfaceProblem ?? "");
  else if (["wireless", "virtual"].includes(status.interface.kind)) {
    add("warn", `Streams use ${status.interface.name}, a ${status.interface.kind} interface`, "Wired Ethernet is needed for steady audio: choose it with network.interface.");
  }
  for (const problem of status.clock.problems) {
    if (problem.level !== "note") add(problem.level === "blocking" ? "bad" : "warn", `Clock: ${problem.sentence}`, problem.remedy);
  }
  if (status.realTime.mode !== "fifo") add("warn", "The media threads have no real-time priority", status.realTime.reason);
  for (const [kind, all] of [["Receiver", status.receivers], ["Sender", status.senders]]) troubledStreams(kind, all, add);
  if (sessions?.error) add("warn", `Discovery: ${sessions.error}`);
  return found.sort((a, b) => (a.level === "bad" ? 0 : 1) - (b.level === "bad" ? 0 : 1));
}

/** Combines streams with the same problem into one entry. */
function troubledStreams(kind, all, add) {
  const groups = new Map();
  for (const stream of all) {
    const level = streamLevel(stream);
    if (level !== "bad" && level !== "warn") continue;
    const cause = stream.error ?? "";
    const key = JSON.stringify([level, streamWord(stream), cause]);
    if (!groups.has(key)) groups.set(key, {level, word: streamWord(stream), cause, names: []});
    groups.get(key).names.push(stream.name);
  }
  for (const {level, word, cause, names} of groups.values()) {
    const who = names.length === 1 ? `${kind} “${names[0]}”` : `${count(names.length)} ${kind.toLowerCase()}s`;
    const list = names.length > 1 ? `${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}` : "";
    add(level, `${who}: ${word}`, [cause, list].filter(Boolean).join(" · "));
  }
}

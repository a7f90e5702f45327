// SPDX-License-Identifier: MIT
// The packets of one stream as a histogram, and the link offset that they need.
import {card, h, setAttribute, setText} from "./dom.js";
import {every} from "./feed.js";
import {histogram} from "./graph.js";
import {ask} from "./session.js";
import {get} from "./store.js";
import {count, frames, framesOf, plural} from "./words.js";

const RANGES = [["all", "Since the start"], ["recent", "Last minute"]];
let range = "all";

/**
 * @param apply sets an attribute of the stream.
 * Returns the card, with `end()`, and `configured(text)`, which takes the receiver's own setting of the link offset.
 */
export function packetsCard(kind, id, apply) {
  const isSender = kind === "senders";
  const bars = histogram(isSender ? "Departures: microseconds after the nominal instant" : "Arrivals: frames before the packet is due", isSender ? "µs" : "frames");
  const advice = h("p", {class: "advice"});
  const take = h("button", {type: "button", hidden: true}, "");
  const shared = h("p", {class: "warn", id: "shared-offset"});
  const ranges = h("div", {class: "segments", role: "group", "aria-label": "Packets"}, RANGES.map(([key, text]) => h("button", {type: "button", "data-range": key, onclick: () => choose(key)}, text)));
  const made = card("Packets", "", bars, advice, take, shared);
  made.end.append(ranges);
  let own = null;
  let stop = () => {};

  function choose(key) {
    range = key;
    for (const button of ranges.children) setAttribute(button, "aria-pressed", String(button.dataset.range === range));
    stop();
    stop = every(1000, show);
  }

  async function show() {
    const one = await ask("GET", `/v1/${kind}/${id}/histogram`);
    const recent = range === "recent";
    const shown = isSender ? (recent ? one.recentDepartures : one.departures) : recent ? one.recentArrivals : one.arrivals;
    setText(made.note, `${plural(shown.bins.reduce((sum, bin) => sum + bin.count, 0), "packet")} ${recent ? "in the last minute" : isSender ? "since the start" : "since the link offset was set"}`);
    if (isSender) return bars.show(shown.bins, [{at: 0, text: "nominal"}]);
    bars.show(shown.bins, [{at: 0, text: "due"}, {at: one.linkOffsetFrames, text: `link offset ${frames(one.linkOffsetFrames)}`}], bin => bin.through < 0);
    const enough = one.sufficientOffsetFrames;
    const isKnown = enough !== null && enough !== undefined;
    setText(advice, isKnown ? `The smallest link offset at which no packet would have been late: ${frames(enough)}.` : "The smallest sufficient link offset is not known yet.");
    take.hidden = !isKnown || enough === one.linkOffsetFrames || enough === own;
    setText(take, isKnown ? `Use ${frames(enough)}` : "");
    take.onclick = () => apply("link-offset", `${Math.ceil(enough * 1000 / 48)}us`);
    setText(shared, sharing(one.linkOffsetFrames));
  }

  /** The reason why the link offset differs from the setting; empty if it does not. */
  function sharing(inForce) {
    const all = get("status")?.receivers ?? [];
    const {group} = all.find(receiver => receiver.id === id)?.timing ?? {};
    if (own === null || !group || own >= inForce) return "";
    const others = all.filter(receiver => receiver.id !== id && receiver.timing.group === group && receiver.linkOffsetFrames === inForce).map(receiver => receiver.name);
    const names = `${others.slice(0, 4).join(", ")}${others.length > 4 ? ` and ${count(others.length - 4)} more` : ""}`;
    return `This receiver is set to ${frames(own)}, but ${frames(inForce)} are in force: the greatest link offset of group “${group}”, which keeps its receivers in phase`
      + `${names ? ` (with ${names})` : ""}. Choose a smaller one for them as well, or take this receiver out with group: none.`;
  }

  choose(range);
  return Object.assign(made, {end: () => stop(), configured: text => own = framesOf(text)});
}

// SPDX-License-Identifier: MIT
// The view of the sessions on the network: obstacles to reception, the SDP, and the subscription.
import {card, h, keep, setAttribute, setText} from "./dom.js";
import {attempt} from "./notes.js";
import {sdpBox} from "./sdp.js";
import {ask} from "./session.js";
import {get, set, watch} from "./store.js";
import {address, age, channels, count, plural, range, titleOf} from "./words.js";

export const discovery = {name: "discovery", title: "Discovery", mount};

const MAKES = {dante: "Dante", ravenna: "RAVENNA", "st2110-30": "ST 2110-30", livewire: "Livewire"};
const MOST = 100;
const memory = {search: "", own: false};

function mount(root) {
  const search = h("input", {type: "search", "aria-label": "Search sessions", placeholder: "Search ( / )", "data-search": true, value: memory.search});
  const own = h("input", {type: "checkbox", id: "own-sessions"});
  own.checked = memory.own;
  const list = h("ul", {class: "sessions"});
  const more = h("p", {class: "muted"});
  const unread = h("p", {class: "warn", id: "unread"});
  const made = card("Sessions on the network", "", h("div", {class: "toolbar"}, search, h("label", {for: "own-sessions"}, own, " our own")), list, more, unread);
  const pasted = sdpBox({title: "SDP of a stream that is not announced", action: "Receive", act: async text => {
    const receiver = await ask("POST", "/v1/receivers", {"sdp-text": text});
    set("status", await ask("GET", "/v1/status"));
    return `received as “${receiver.name}” on channels ${channels(receiver)}`;
  }});

  function show() {
    const all = get("sessions")?.sessions ?? [];
    const words = memory.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(session => (memory.own || !session.isOwn)
      && words.every(word => `${session.name} ${session.announcer} ${session.streams.map(address).join(" ")}`.toLowerCase().includes(word)));
    keep(list, found.slice(0, MOST), session => session.origin, item);
    setText(more, found.length > MOST ? `${count(found.length - MOST)} more: search for them.` : found.length ? "" : "No other device announces a session. To receive a stream that is not announced, paste its SDP below.");
    const unreadable = get("sessions")?.unreadable;
    setText(unread, unreadable ? `Not listed: an announcement that cannot be read, ${unreadable}.` : "");
    const own = all.filter(session => session.isOwn).length;
    setText(made.note, `${plural(all.length - own, "session")} of others, ${own} of our own`);
  }
  search.addEventListener("input", () => [memory.search = search.value, show()]);
  own.addEventListener("change", () => [memory.own = own.checked, show()]);
  root.append(made, card("By SDP", "paste a description, or open a file", pasted));
  const ends = [watch("sessions", show), watch("status", show)];
  return () => ends.forEach(end => end());
}

/** The receiver of a stream, if there is one. */
const receiverOf = stream => get("status")?.receivers.find(receiver => receiver.address === stream.address && receiver.port === stream.port && receiver.state !== "disabled");

function item() {
  const [name, about, problems] = [h("h3"), h("p", {class: "muted"}), h("p", {class: "warn"})];
  const streams = h("ul", {class: "streams"});
  const text = h("pre", {class: "sdp", tabindex: "0"});
  const copy = h("button", {type: "button", class: "quiet"}, "Copy");
  const details = h("details", {}, h("summary", {}, "SDP"), text, copy);
  const made = h("li", {class: "session"}, name, about, streams, problems, details);
  made.update = session => {
    setText(name, session.name);
    setText(about, [session.isOwn ? "our own" : `from ${session.announcer}`, session.periodSeconds ? `announced every ${age(1000 * session.periodSeconds)}` : "", `version ${session.version}`].filter(Boolean).join(" · "));
    setText(text, session.sdp);
    setAttribute(text, "aria-label", `SDP of ${session.name}`);
    copy.onclick = () => attempt(() => navigator.clipboard.writeText(session.sdp));
    setText(problems, session.problems.join("; "));
    keep(streams, session.streams.map(stream => ({...stream, session})), stream => `${stream.name} ${address(stream)}`, streamItem);
  };
  return made;
}

function streamItem() {
  const [format, badges, verdict] = [h("span"), h("span", {class: "badges"}), h("span", {class: "verdict"})];
  const button = h("button", {type: "button"});
  const made = h("li", {}, format, badges, button, verdict);
  made.update = stream => {
    const {session} = stream;
    const clock = stream.referenceClock ? `, clock ${stream.referenceClock}` : "";
    setText(format, `${plural(stream.channels, "channel")}, ${stream.encoding}/${stream.rate}${stream.packetTimeMicroseconds ? `, ${stream.packetTimeMicroseconds / 1000} ms` : ""}, ${address(stream)}${clock}`);
    keep(badges, [["us", "this host", stream.verdict], ...Object.entries(stream.presets).map(([key, one]) => [key, MAKES[key] ?? key, one])], ([key]) => key, badge);
    setText(verdict, stream.verdict.receivable ? "" : stream.verdict.sentence);
    const receiver = receiverOf(stream);
    button.hidden = session.isOwn;
    button.disabled = !receiver && !stream.verdict.receivable;
    setText(button, receiver ? "Unsubscribe" : "Subscribe");
    setAttribute(button, "aria-label", `${receiver ? "Unsubscribe" : "Subscribe"} ${stream.name}`);
    setAttribute(button, "title", receiver ? `on channels ${range(receiver.firstChannel, receiver.firstChannel + receiver.channels - 1)}` : null);
    button.onclick = () => attempt(async () => {
      if (receiver?.yields) await ask("PATCH", `/v1/receivers/${receiver.id}`, {enabled: false});
      else if (receiver) await ask("DELETE", `/v1/receivers/${receiver.id}`);
      else await ask("POST", "/v1/receivers", {session: session.streams.length === 1 ? session.origin : address(stream), name: titleOf(stream.name, new Set(get("status").receivers.map(one => one.name)))});
      set("status", await ask("GET", "/v1/status"));
    });
  };
  return made;
}

function badge() {
  const made = h("span", {class: "badge"});
  made.update = ([, name, verdict]) => {
    setText(made, `${verdict.receivable ? "✓" : "✕"} ${name}`);
    made.className = `badge ${verdict.receivable ? "ok" : "idle"}`;
    setAttribute(made, "title", verdict.sentence || `${name} can receive it`);
  };
  return made;
}

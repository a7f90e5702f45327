// SPDX-License-Identifier: MIT
// The view of senders and receivers: each with its attributes as a form, its packets as a histogram, and its SDP.
import {card, h, keep, setAttribute, setText} from "./dom.js";
import {form} from "./forms.js";
import {SIGNS, streamLevel, streamWord} from "./health.js";
import {attempt, look} from "./notes.js";
import {packetsCard} from "./packets.js";
import {sdpBox} from "./sdp.js";
import {ask} from "./session.js";
import {get, set, watch} from "./store.js";
import {address, age, channels, count, decibels, frames} from "./words.js";

export const streams = {name: "streams", title: "Streams", mount};

let chosen = null; // "receivers 9"

function mount(root) {
  const list = h("ul", {class: "picker", "aria-label": "Streams"});
  const add = h("button", {type: "button", onclick: () => attempt(async () => {
    const made = await ask("POST", "/v1/senders", {});
    await refresh();
    choose(`senders ${made.id}`);
  })}, "New sender");
  const side = card("Senders and receivers", "", list);
  side.end.append(add);
  const place = h("div", {class: "stack"});
  root.append(h("div", {class: "split"}, side, place));
  let detail = null;

  const all = () => ["senders", "receivers"].flatMap(kind => (get("status")?.[kind] ?? []).map(stream => ({kind, stream, key: `${kind} ${stream.id}`})));

  function show() {
    const now = all();
    keep(list, now, one => one.key, pick);
    if (!now.some(one => one.key === chosen)) choose(now[0]?.key ?? null);
    else detail?.update(now.find(one => one.key === chosen).stream);
    for (const item of list.children) setAttribute(item.firstChild, "aria-current", item.key === chosen ? "true" : null);
  }

  function pick(first) {
    const [sign, name, note] = [h("span", {class: "sign", "aria-hidden": "true"}), h("span", {class: "row-name"}), h("span", {class: "muted"})];
    const made = h("li", {}, h("button", {type: "button", class: "quiet", onclick: () => choose(first.key)}, sign, name, note));
    made.key = first.key;
    made.update = ({kind, stream}) => {
      const level = streamLevel(stream);
      setText(sign, SIGNS[level]);
      sign.className = `sign ${level}`;
      setText(name, stream.name);
      setText(note, `${kind === "senders" ? "→" : "←"} ${channels(stream)}`);
    };
    return made;
  }

  function choose(key) {
    chosen = key;
    detail?.end();
    detail = null;
    const one = all().find(one => one.key === key);
    if (!one) return place.replaceChildren(card("No streams", "there are no senders or receivers yet"));
    detail = details(place, one.kind, one.stream, refresh);
    show();
  }

  const end = watch("status", show);
  return () => [end(), detail?.end()];
}

async function refresh() {
  set("status", await ask("GET", "/v1/status"));
}

/** Everything about one stream. */
function details(place, kind, first, changed) {
  const path = `/v1/${kind}/${first.id}`;
  const isSender = kind === "senders";
  const facts = h("dl", {class: "figures small"});
  const cells = {};
  for (const name of ["State", "Level", "Channels", isSender ? "To" : "From", "Packets", isSender ? "Dropped, refused" : "Late, lost", ...(isSender ? [] : ["Latency", "Last packet"])]) facts.append(h("div", {}, h("dt", {}, name), cells[name] = h("dd")));
  const cause = h("p", {class: "muted"});
  const toggle = h("button", {type: "button", role: "switch", "aria-label": "Enabled"}, "");
  const remove = h("button", {type: "button", onclick: () => confirm(`Remove “${first.name}”? Undo brings it back.`) && attempt(async () => [await ask("DELETE", path), await changed()])}, "Remove");
  const head = card(first.name, isSender ? "sender" : "receiver", facts, cause);
  head.end.append(toggle, remove);
  const apply = async (key, value) => {
    const done = await attempt(() => ask("PATCH", path, {[key]: value}));
    if (done) await look(changed);
    await look(showForm);
    return done;
  };
  const fields = form(apply, () => {});
  let attributes = [];
  const packets = packetsCard(kind, first.id, apply);
  const sdp = sdpBox({title: isSender ? "The announced description. Edit here what a sender can change" : "The description of the received stream. Edit it, or paste another one", action: "Apply", isOwn: true, act: async text => {
    await ask("PUT", `${path}/sdp`, {sdp: text});
    await changed();
    await look(showForm);
    return "applied";
  }});
  place.replaceChildren(head, packets, card("Attributes", "", fields), card("SDP", "checked by the daemon as you type", sdp));

  async function showForm() {
    attributes = await ask("GET", `${path}/attributes`);
    fields.show(attributes);
    packets.configured(attributes.find(one => one.key === "link-offset")?.value ?? "");
  }

  function description() {
    const own = attributes.find(one => one.key === "sdp-text")?.value;
    const isIt = session => isSender ? session.isOwn && session.name === first.name : session.streams.some(stream => address(stream) === address(first));
    return own || (get("sessions")?.sessions.find(isIt)?.sdp ?? "");
  }

  look(showForm).then(() => sdp.put(description()));

  function update(stream) {
    const level = streamLevel(stream);
    setText(cells.State, `${SIGNS[level]} ${streamWord(stream)}`);
    cells.State.className = level;
    setText(cells.Level, decibels(stream.health.peakDecibels));
    setText(cells.Channels, channels(stream));
    setText(cells[isSender ? "To" : "From"], address(stream));
    setText(cells.Packets, `${count(stream.health.packetsPerSecond)}/s`);
    setText(cells[isSender ? "Dropped, refused" : "Late, lost"], isSender ? `${count(stream.dropped)}, ${count(stream.sendErrors)}` : `${count(stream.late)}, ${count(stream.lost)}`);
    if (!isSender) {
      setText(cells.Latency, frames(stream.linkOffsetFrames));
      const last = stream.health.lastPacketAgeMilliseconds;
      setText(cells["Last packet"], last === null || last === undefined ? "never" : `${age(last)} ago`);
    }
    setText(cause, stream.error ?? "");
    const isOn = stream.state !== "disabled";
    setAttribute(toggle, "aria-checked", String(isOn));
    setText(toggle, isOn ? "on" : "off");
    toggle.onclick = () => apply("enabled", isOn ? "false" : "true");
  }
  update(first);
  return {update, end: packets.end};
}

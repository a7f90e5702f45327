// SPDX-License-Identifier: MIT
// The view that connects channels of streams with channels of the device.
import {blockSwitches} from "./blocks.js";
import {channelAt} from "./crossing.js";
import {card, h, setAttribute, setText} from "./dom.js";
import {draggable} from "./drag.js";
import {Grid} from "./grid.js";
import {attempt, look} from "./notes.js";
import {presetBar} from "./presets.js";
import {receiveStreams, requests, rowsOf, sendStreams, withRun, withoutRun} from "./routes.js";
import {ask} from "./session.js";
import {get, set, watch} from "./store.js";

export const routing = {name: "routing", title: "Routing", mount};

const WAYS = {
  capture: {title: "Receive", label: "Network sessions to capture channels", streams: () => receiveStreams(get("status"), get("sessions")), own: () => get("status")?.receivers ?? []},
  playback: {title: "Send", label: "Playback channels to senders", streams: () => sendStreams(get("status")), own: () => get("status")?.senders ?? []},
};
/** Folded rows and the search text, which are kept while other views are shown. */
const memory = {way: "capture", search: "", connectedOnly: false, folded: new Set(), unfolded: new Set()};

function mount(root) {
  const ends = [];
  const readout = h("p", {class: "readout"});
  const place = h("div", {class: "grid-place"});
  const search = h("input", {type: "search", "aria-label": "Search streams", placeholder: "Search ( / )", "data-search": true, value: memory.search});
  const only = h("input", {type: "checkbox", id: "connected-only"});
  only.checked = memory.connectedOnly;
  const ways = h("div", {class: "segments", role: "group", "aria-label": "Direction"}, Object.entries(WAYS).map(([way, {title}]) =>
    h("button", {type: "button", "data-way": way, onclick: () => choose(way)}, title)));
  const presets = presetBar(() => refresh());
  const made = card("Routing", "", h("div", {class: "toolbar"}, ways, search, h("label", {for: "connected-only"}, only, " connected only"), presets), place, readout);
  let grid = null;
  let streams = [];
  let showBlocks = () => {};

  function rows() {
    return rowsOf(streams, memory);
  }

  function show() {
    if (!get("status") || !grid) return;
    streams = WAYS[memory.way].streams();
    const all = rows();
    grid.show(all);
    showBlocks();
    setText(made.note, all.length ? "" : memory.search || memory.connectedOnly ? "no matches" : memory.way === "capture" ? "no sessions are announced on the network" : "there are no senders");
  }

  function choose(way) {
    memory.way = way;
    for (const button of ways.children) setAttribute(button, "aria-pressed", String(button.dataset.way === way));
    grid?.end();
    const acts = {fold, part, say: text => setText(readout, text), toggle: (row, column) => act(row, column, 1)};
    grid = new Grid(WAYS[way].label, way, acts);
    showBlocks = blockSwitches(grid, way, WAYS[way].own, refresh);
    draggable(grid, act);
    place.replaceChildren(grid.element);
    show();
  }

  function fold(row) {
    if (row.kind === "channel") return;
    const [set, key] = row.kind === "group" ? [memory.folded, row.group] : [memory.unfolded, row.stream.key];
    if (!set.delete(key)) set.add(key);
    grid.show(rows());
    grid.goto(grid.rows.findIndex(one => one.key === row.key), grid.active.column);
  }

  /** A click, or Enter: disconnects a connected crossing; otherwise connects a channel, or a whole stream from there. */
  function act(row, column, length) {
    if (row.kind === "group") return fold(row);
    const {stream} = row;
    if (length === 1 && channelAt(row, column) >= 0) return part(row, column);
    if (stream.refusal) return setText(readout, `not receivable: ${stream.refusal}`);
    const first = row.kind === "channel" ? row.index : 0;
    const run = length > 1 ? length : row.kind === "channel" ? 1 : Math.min(stream.channels, 65 - column);
    return commit(stream, withRun(stream, memory.way, first, column, run), Array.from({length: run}, (_, step) => ({channel: first + step, column: column + step})));
  }

  function part(row, column) {
    if (row.kind === "group") return;
    const channel = channelAt(row, column);
    if (column && channel < 0) return;
    const [first, length] = !column ? [row.kind === "channel" ? row.index : 0, row.kind === "channel" ? 1 : row.stream.channels] : [channel, 1];
    commit(row.stream, withoutRun(row.stream, first, length), []);
  }

  async function commit(stream, map, waiting) {
    const pending = waiting.map(one => ({...one, stream: stream.key}));
    pending.forEach(one => grid.pending.add(one));
    grid.draw(true);
    await attempt(async () => {
      for (const [method, path, body] of requests(memory.way, stream, map, streams)) await ask(method, path, body);
    });
    pending.forEach(one => grid.pending.delete(one));
    await refresh();
  }

  /** Requests the daemon's present state, without waiting for the next status. */
  async function refresh() {
    await look(async () => set("status", await ask("GET", "/v1/status")));
    presets.show();
  }

  search.addEventListener("input", () => [memory.search = search.value, show()]);
  only.addEventListener("change", () => [memory.connectedOnly = only.checked, show()]);
  root.append(made);
  choose(memory.way);
  presets.show();
  ends.push(watch("status", show), watch("sessions", show));
  return () => [ends.forEach(end => end()), grid.end()];
}

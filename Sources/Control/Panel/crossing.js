// SPDX-License-Identifier: MIT
// One crossing of the grid: its state as a sign, a class and a sentence.
import {SIGNS} from "./health.js";
import {plural} from "./words.js";

/** The channel of the row's stream that is connected to a column, from 0; -1 for none. */
export const channelAt = (row, column) => row.kind === "channel" ? (row.stream.map[row.index] === column ? row.index : -1)
  : row.kind === "stream" ? row.stream.map.indexOf(column) : -1;

/** Class and text of a crossing. */
export function look(row, column, pending) {
  if (row.kind === "group") {
    const isUsed = !row.isOpen && row.members.some(stream => stream.map.includes(column));
    return {kind: isUsed ? "on ok" : "none", text: isUsed ? "·" : ""};
  }
  const {stream} = row;
  const channel = channelAt(row, column);
  const waits = [...pending].some(one => one.stream === stream.key && one.column === column && (row.kind === "stream" || one.channel === row.index));
  if (waits) return {kind: "pending", text: "○"};
  if (channel < 0) return {kind: stream.refusal ? "closed" : "", text: ""};
  if (stream.taken.has(column)) return {kind: "left", text: "↷"};
  return {kind: `on ${stream.level}`, text: row.kind === "stream" ? String(channel + 1) : SIGNS[stream.level]};
}

/** The sentence for the status line and for screen readers. */
export function describe(row, column, way) {
  const target = `${way} ${column}`;
  if (row.kind === "group") return `${row.group}: ${plural(row.members.length, "stream")}, ${row.isOpen ? "unfolded" : "folded"}`;
  const {stream} = row;
  const channel = channelAt(row, column);
  const name = index => `${stream.name}, channel ${index + 1}${stream.names[index] ? ` “${stream.names[index]}”` : ""}`;
  const [source, link] = [row.kind === "channel" ? name(row.index) : channel >= 0 ? name(channel) : stream.name, way === "capture" ? "to" : "from"];
  if (stream.refusal) return `${source}: not receivable: ${stream.refusal}`;
  if (channel < 0) return `${source} ${link} ${target}: not connected`;
  if (stream.taken.has(column)) return `${source} ${link} ${target}: left to “${stream.taken.get(column)}” while that exists`;
  return `${source} ${link} ${target}: connected, ${stream.word}${stream.reason ? `: ${stream.reason}` : ""}`;
}

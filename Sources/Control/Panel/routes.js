// SPDX-License-Identifier: MIT
// The routes between channels of streams and channels of the device: the rows of the grid, and the requests for a change.
import {streamLevel, streamWord} from "./health.js";
import {mapOf, plural, titleOf} from "./words.js";

/**
 * A stream of the grid: `key`, `group`, `name`, `format`, `channels`, `names`, `map` (device channel of each
 * channel, 0 for none), `title` (of a new receiver), `level`, `word`, `reason`, `id` (of its receiver or sender, or null), `yields`,
 * `refusal` (the reason why it cannot be connected, or "").
 */
const place = stream => `${stream.address}:${stream.port}`;

function received(receiver) {
  const isOn = receiver.state !== "disabled";
  const taken = new Map(receiver.yielded.flatMap(one => one.channels.map(channel => [channel, one.to])));
  return {
    id: receiver.id, map: mapOf(receiver).map(channel => isOn ? channel : 0), isOn, yields: receiver.yields, taken,
    level: streamLevel(receiver), word: streamWord(receiver), reason: receiver.error ?? "",
  };
}

const unconnected = {id: null, isOn: true, yields: false, taken: new Map(), level: "idle", word: "not connected", reason: ""};

/** The sessions of other hosts, and the receivers whose session is not announced. */
export function receiveStreams(status, sessions) {
  const names = new Set(status.receivers.map(receiver => receiver.name));
  const left = new Map(status.receivers.map(receiver => [place(receiver), receiver]));
  const bySession = new Map(status.receivers.filter(receiver => receiver.session).map(receiver => [receiver.session, receiver]));
  const streams = [];
  for (const session of sessions?.sessions ?? []) {
    if (session.isOwn) continue;
    for (const stream of session.streams) {
      const only = session.streams.length === 1;
      const receiver = left.get(place(stream)) ?? (only ? bySession.get(session.origin) ?? bySession.get(session.name) : undefined);
      if (receiver) left.delete(place(receiver));
      const count = receiver ? receiver.channels : stream.channels;
      streams.push({
        ...unconnected, map: Array(count).fill(0), ...(receiver ? received(receiver) : {}),
        key: `${session.origin} ${place(stream)}`, group: session.announcer, name: stream.name, names: stream.channelNames, channels: count,
        format: `${plural(stream.channels, "channel")}, ${stream.encoding}/${stream.rate}, ${place(stream)}`,
        title: titleOf(stream.name, names), session: only ? session.origin : place(stream), refusal: stream.verdict.receivable || receiver ? "" : stream.verdict.sentence,
      });
    }
  }
  for (const receiver of left.values()) {
    streams.push({
      ...received(receiver), key: `receiver ${receiver.id}`, group: "not announced", name: receiver.name, names: [], channels: receiver.channels,
      format: `${plural(receiver.channels, "channel")}, ${receiver.encoding}, ${place(receiver)}`, session: "", refusal: "",
    });
  }
  return streams;
}

/** Our senders. */
export function sendStreams(status) {
  return status.senders.map(sender => ({
    ...unconnected, key: `sender ${sender.id}`, group: "this host", name: sender.name, names: [], channels: sender.channels, id: sender.id, isOn: sender.state !== "disabled",
    map: mapOf(sender).map(channel => sender.state === "disabled" ? 0 : channel), format: `${plural(sender.channels, "channel")}, ${place(sender)}`,
    level: streamLevel(sender), word: streamWord(sender), reason: sender.error ?? "", session: "", refusal: "",
  }));
}

/** The map in the form of the API. */
const setting = map => map.map(channel => channel || "none");

/**
 * The requests that give a stream a new map: `[method, path, body]`, in their order.
 * @param way "capture", in which each device channel has one source, or "playback", in which it may be sent several times.
 */
export function requests(way, stream, map, all) {
  const kind = way === "capture" ? "receivers" : "senders";
  const wanted = new Set(map.filter(channel => channel));
  const done = [];
  if (way === "capture") {
    for (const other of all) {
      // Receivers of the layout yield their channels automatically.
      if (other.key === stream.key || other.id === null || other.yields || !other.map.some(channel => wanted.has(channel))) continue;
      done.push(...change(kind, other, other.map.map(channel => wanted.has(channel) ? 0 : channel)));
    }
  }
  return [...done, ...change(kind, stream, map)];
}

function change(kind, stream, map) {
  const isEmpty = map.every(channel => !channel);
  if (stream.id === null) return isEmpty ? [] : [["POST", `/v1/${kind}`, {session: stream.session, name: stream.title, channels: setting(map)}]];
  const path = `/v1/${kind}/${stream.id}`;
  // A sender, or a receiver of the layout, is switched off and stays in the list; a subscription ends.
  if (isEmpty) return kind === "senders" || stream.yields ? [["PATCH", path, {enabled: false}]] : [["DELETE", path]];
  return [["PATCH", path, {channels: setting(map), ...(stream.isOn ? {} : {enabled: true})}]];
}

/** A map in which the stream's channels from `first` are connected to device channels from `column`. */
export function withRun(stream, way, first, column, length) {
  const map = [...stream.map];
  for (let step = 0; step < length && first + step < map.length && column + step <= 64; step++) {
    if (way === "capture") for (const [index, channel] of map.entries()) if (channel === column + step) map[index] = 0;
    map[first + step] = column + step;
  }
  return map;
}

/** A map without the stream's channels from `first`. */
export function withoutRun(stream, first, length) {
  return stream.map.map((channel, index) => index >= first && index < first + length ? 0 : channel);
}

/** The rows of the grid: groups, their streams, and the channels of those that are unfolded. */
export function rowsOf(streams, {search, connectedOnly, folded, unfolded}) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map();
  for (const stream of streams) {
    if (connectedOnly && !stream.map.some(channel => channel)) continue;
    const text = `${stream.name} ${stream.group} ${stream.format}`.toLowerCase();
    if (!words.every(word => text.includes(word))) continue;
    if (!groups.has(stream.group)) groups.set(stream.group, []);
    groups.get(stream.group).push(stream);
  }
  const rows = [];
  for (const [group, members] of groups) {
    rows.push({kind: "group", key: `group ${group}`, group, members, isOpen: !folded.has(group)});
    if (folded.has(group)) continue;
    for (const stream of members) {
      const isOpen = unfolded.has(stream.key);
      rows.push({kind: "stream", key: stream.key, stream, isOpen});
      if (isOpen) for (let index = 0; index < stream.channels; index++) rows.push({kind: "channel", key: `${stream.key} ${index}`, stream, index});
    }
  }
  return rows;
}

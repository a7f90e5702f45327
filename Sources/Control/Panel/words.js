// SPDX-License-Identifier: MIT
// Values as readable text.

const MINUS = "\u2212";
const signed = text => text.replace("-", MINUS);

export function time(nanoseconds) {
  if (nanoseconds === null || nanoseconds === undefined) return "not measured";
  const size = Math.abs(nanoseconds);
  if (size < 1e3) return `${signed(nanoseconds.toFixed(0))} ns`;
  if (size < 1e6) return `${signed((nanoseconds / 1e3).toFixed(1))} µs`;
  return `${signed((nanoseconds / 1e6).toFixed(2))} ms`;
}

/** Frames of 48 kHz as milliseconds. */
export const frames = count => `${(count / 48).toFixed(2)} ms`;

/** A time such as `3ms` or `1250us` in frames of 48 kHz; null for other text, such as `auto`. */
export function framesOf(text) {
  const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return unit ? Math.round(Number(number) * {us: 0.048, ms: 48, s: 48_000}[unit]) : null;
}

export const SILENCE = -150;

/** A level in dBFS; silence is a dash. */
export const decibels = level => level === null || level === undefined ? "" : level <= SILENCE ? "–" : signed(level.toFixed(1));

/** Whole decibels below full scale, without a sign, as on the scale of a meter. */
export const belowFullScale = level => level <= SILENCE ? "" : String(Math.round(-level));

export const count = number => number.toLocaleString("en-GB");

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** `1–8`, `3`, or a list for a stream with a map. */
export function channels(stream) {
  if (stream.map) return ranges(stream.map.filter(channel => channel));
  return range(stream.firstChannel, stream.firstChannel + stream.channels - 1);
}

export const range = (first, last) => first === last ? String(first) : `${first}–${last}`;

/** Numbers with runs of adjacent ones joined: `1–4, 9`. */
export function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => range(first, last)).join(", ");
}

/** The device channel of each channel of a stream, 0 for none. */
export const mapOf = stream => stream.map ?? Array.from({length: stream.channels}, (_, index) => stream.firstChannel + index);

/** A duration: `4 s`, `12 min`, `3 h`. */
export function age(milliseconds) {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds < 600_000) return `${Math.round(milliseconds / 1000)} s`;
  return milliseconds < 7_200_000 ? `${Math.round(milliseconds / 60_000)} min` : `${Math.round(milliseconds / 3_600_000)} h`;
}

export function clockTime(unixMilliseconds) {
  const date = new Date(unixMilliseconds);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString("en-GB", {...(isToday ? {} : {day: "numeric", month: "short"}), hour: "2-digit", minute: "2-digit", second: "2-digit"});
}

export const address = stream => `${stream.address}:${stream.port}`;

/** The name of a new receiver: one visible line of at most 64 characters, unique among the receivers. */
export function titleOf(name, taken) {
  const plain = [...name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim()].slice(0, 56).join("") || "Session";
  if (!taken.has(plain)) return plain;
  for (let number = 2; ; number++) if (!taken.has(`${plain} ${number}`)) return `${plain} ${number}`;
}

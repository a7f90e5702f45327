// SPDX-License-Identifier: MIT
// All 64 + 64 meters, in banks of eight that are named by their streams.
import {card, h} from "./dom.js";
import {watch} from "./store.js";
import {Bank} from "./meterbank.js";
import {mapOf} from "./words.js";

/** Fills `root`; returns a function that stops drawing. */
export function meterCards(root) {
  const ways = [
    way("Playback", "programs to network, dB below full scale", "playback", status => status.senders),
    way("Capture", "network to programs, dB below full scale", "capture", status => status.receivers),
  ];
  root.append(...ways.map(one => one.card));
  const ends = [
    watch("status", status => ways.forEach(one => one.title(status))),
    watch("meters", peaks => ways.forEach(one => one.take(peaks))),
    watch("online", isOnline => isOnline || ways.forEach(one => one.silence())),
  ];
  let frame = 0;
  let last = performance.now();
  const draw = now => {
    const seconds = Math.min(1, (now - last) / 1000);
    last = now;
    for (const one of ways) one.draw(seconds, now);
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  return () => {
    cancelAnimationFrame(frame);
    ends.forEach(end => end());
  };
}

function way(title, beside, key, streamsOf) {
  const banks = Array.from({length: 8}, (_, index) => new Bank(title, 8 * index + 1));
  const made = card(title, beside, h("div", {class: "banks"}, banks.map(bank => bank.element)));
  const clear = h("button", {type: "button", class: "bad", hidden: true, onclick: () => banks.forEach(bank => bank.clear())}, `Clear clips of ${title.toLowerCase()}`);
  made.end.append(clear);
  return {
    card: made,
    title: status => banks.forEach(bank => bank.title(nameOf(bank, streamsOf(status)))),
    take(peaks) {
      const now = performance.now();
      for (const bank of banks) bank.take(peaks[key], peaks[`${key}Clips`], now);
      clear.hidden = !banks.some(bank => bank.isClipped);
    },
    silence: () => banks.forEach(bank => bank.silence()),
    draw: (seconds, now) => banks.forEach(bank => bank.draw(seconds, now)),
  };
}

/** The stream that fills channels of a bank; the number of streams if there are several. */
function nameOf(bank, streams) {
  const found = streams.filter(stream => stream.state !== "disabled" && mapOf(stream).some(channel => channel >= bank.first && channel < bank.first + 8));
  return found.length === 1 ? found[0].name : found.length ? `${found.length} streams` : "";
}

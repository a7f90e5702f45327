// SPDX-License-Identifier: MIT
// Eight level meters with a scale, zones, peak hold and clip marks.
import {h, setAttribute, setText} from "./dom.js";
import {SILENCE, belowFullScale, decibels, range} from "./words.js";

const FLOOR = -60;
const TICKS = [0, -6, -12, -18, -30, -45];
const FALL = 20 / 1.7; // dB a second, as a peak programme meter of type I falls
const HOLD = 2000;
const ANNOUNCE = 1000;

/** Deflection of IEC 60268-18: 0 for silence to 1 for full scale. */
export function deflection(level) {
  if (level < -70) return 0;
  if (level < -60) return (level + 70) * 0.0025;
  if (level < -50) return (level + 60) * 0.005 + 0.025;
  if (level < -40) return (level + 50) * 0.0075 + 0.075;
  if (level < -30) return (level + 40) * 0.015 + 0.15;
  if (level < -20) return (level + 30) * 0.02 + 0.3;
  return Math.min(1, (level + 20) * 0.025 + 0.5);
}

/** One meter. Its name does not change; its value is announced once a second at most. */
class Meter {
  constructor(name) {
    this.bar = h("i", {class: "level"});
    this.mark = h("i", {class: "peak"});
    this.element = h("div", {class: "meter", role: "meter", "aria-label": name, "aria-valuemin": FLOOR, "aria-valuemax": 0, "aria-valuenow": FLOOR, "aria-valuetext": "silence"},
      this.bar, this.mark, h("i", {class: "clip"}));
    this.value = h("span");
    this.level = SILENCE;
    this.shown = SILENCE;
    this.peak = SILENCE;
    this.peakTime = 0;
    this.announced = 0;
    this.clips = null;
    this.seenClips = 0;
  }

  take(level, clips, now) {
    this.level = level;
    if (level >= this.peak) [this.peak, this.peakTime] = [level, now];
    if (this.clips === null || clips < this.clips) this.seenClips = this.clips === null ? clips : 0;
    this.clips = clips;
    this.element.classList.toggle("clipped", this.isClipped);
    this.value.classList.toggle("clipped", this.isClipped);
  }

  /** Lets the meter fall, because its level is unknown. */
  silence() {
    this.level = SILENCE;
  }

  /** Unchanged levels are not sent again. A level that was not announced yet is announced later. */
  announce(now) {
    if (now - this.announced < ANNOUNCE) return;
    this.announced = now;
    setText(this.value, belowFullScale(this.level));
    setAttribute(this.element, "aria-valuenow", Math.max(FLOOR, this.level).toFixed(1));
    setAttribute(this.element, "aria-valuetext", this.level <= SILENCE ? "silence" : `${decibels(this.level)} dBFS${this.isClipped ? ", clipped" : ""}`);
  }

  get isClipped() {
    return this.clips !== null && this.clips > this.seenClips;
  }

  clear() {
    this.seenClips = this.clips ?? 0;
    this.element.classList.remove("clipped");
    this.value.classList.remove("clipped");
  }

  draw(seconds, now) {
    this.announce(now);
    this.shown = Math.max(this.level, this.shown - FALL * seconds);
    if (now - this.peakTime > HOLD) this.peak = Math.max(this.level, this.peak - FALL * seconds);
    const [bar, mark] = [Math.round(deflection(this.shown) * 200) / 2, Math.round(deflection(this.peak) * 200) / 2];
    if (bar !== this.drawnBar) this.bar.style.clipPath = `inset(${100 - bar}% 0 0 0)`;
    if (mark !== this.drawnMark) this.mark.style.transform = `translateY(${100 - mark}%)`;
    [this.drawnBar, this.drawnMark] = [bar, mark];
  }
}

/** The meters of channels `first` to `first + 7` in one direction. */
export class Bank {
  constructor(direction, first) {
    this.first = first;
    this.meters = Array.from({length: 8}, (_, index) => new Meter(`${direction} ${first + index}`));
    this.name = h("span", {class: "bank-name"});
    const scale = TICKS.map(tick => {
      const mark = h("span", {}, String(-tick));
      mark.style.top = `${100 * (1 - deflection(tick))}%`;
      return mark;
    });
    this.element = h("div", {class: "bank", role: "group", "aria-label": `${direction} ${range(first, first + 7)}`, onclick: () => this.clear()},
      h("div", {class: "bank-head"}, this.name, h("span", {class: "bank-range"}, range(first, first + 7))),
      h("div", {class: "bank-body"}, h("div", {class: "scale", "aria-hidden": "true"}, scale), h("div", {class: "bars"}, this.meters.map(meter => meter.element)),
        h("div", {class: "values", "aria-hidden": "true"}, this.meters.map(meter => meter.value))));
  }

  title(name) {
    setText(this.name, name);
    setAttribute(this.name, "title", name);
  }

  take(levels, clips, now) {
    this.meters.forEach((meter, index) => meter.take(levels[this.first - 1 + index] / 10, clips[this.first - 1 + index], now));
  }

  silence() {
    for (const meter of this.meters) meter.silence();
  }

  draw(seconds, now) {
    for (const meter of this.meters) meter.draw(seconds, now);
  }

  get isClipped() {
    return this.meters.some(meter => meter.isClipped);
  }

  clear() {
    for (const meter of this.meters) meter.clear();
  }
}

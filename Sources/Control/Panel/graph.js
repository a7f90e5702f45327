// SPDX-License-Identifier: MIT
// Graphs over time, and histograms, as SVG.
import {h, setAttribute, setText} from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 62;
const BOTTOM = 20;

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A round step, of which `span` contains at most `count`. */
export function niceStep(span, count) {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  return [1, 2, 5, 10].find(factor => factor * power >= rough) * power;
}

/** Steps of time for axes, in seconds. */
const TIMES = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600];

/**
 * A line over time with the band between minimum and maximum.
 * @param format makes the text of a value.
 */
export function timeGraph(name, format, {symmetric = false, height = 150} = {}) {
  const picture = svg("svg", {role: "img", class: "graph", height, "aria-label": name});
  const now = h("span", {class: "graph-now"});
  const element = h("figure", {class: "graph-box"}, h("figcaption", {}, h("span", {}, name), now), picture);

  function show({values, least = values, greatest = values, end, step, marks = []}) {
    const width = Math.max(240, picture.clientWidth || element.clientWidth);
    const [inner, tall] = [width - LEFT - 8, height - BOTTOM - 8];
    const known = [...least, ...greatest].filter(value => value !== null);
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const latest = values.findLast(value => value !== null);
    setText(now, latest === undefined ? "nothing measured" : format(latest));
    if (!known.length) return setAttribute(picture, "aria-label", `${name}: nothing measured`);
    let [low, high] = [Math.min(...known), Math.max(...known)];
    if (symmetric) [low, high] = [-Math.max(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
    else low = Math.min(0, low);
    if (high - low < 10) [low, high] = [low - (symmetric ? 5 : 0), high + 5];
    const grid = niceStep(high - low, 4);
    [low, high] = [Math.floor(low / grid) * grid, Math.ceil(high / grid) * grid];
    const y = value => 8 + tall * (1 - (value - low) / (high - low));
    const x = index => LEFT + (values.length < 2 ? inner : inner * index / (values.length - 1));
    for (let value = low; value <= high + grid / 2; value += grid) {
      picture.append(svg("line", {class: "grid-line", x1: LEFT, x2: LEFT + inner, y1: y(value), y2: y(value)}), svg("text", {class: "axis", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end"}, format(value)));
    }
    timeAxis(picture, {end, span: step * (values.length - 1), inner, tall});
    picture.append(svg("path", {class: "band", d: band(least, greatest, x, y)}), svg("path", {class: "line", d: line(values, x, y)}));
    const first = end - step * (values.length - 1);
    for (const mark of marks) {
      const place = LEFT + inner * (mark.unixMilliseconds - first) / Math.max(1, end - first);
      if (place < LEFT) continue;
      picture.append(svg("line", {class: `mark is-${mark.kind}`, x1: place, x2: place, y1: 8, y2: 8 + tall}, svg("title", {}, `${mark.kind}: ${mark.text}`)));
    }
    setAttribute(picture, "aria-label", `${name}: ${format(Math.min(...known))} to ${format(Math.max(...known))}, now ${latest === undefined ? "not measured" : format(latest)}`);
  }
  return Object.assign(element, {show});
}

function timeAxis(picture, {end, span, inner, tall}) {
  const step = 1000 * (TIMES.find(seconds => span / 1000 / seconds <= Math.max(2, inner / 110)) ?? TIMES.at(-1));
  const shift = new Date(end).getTimezoneOffset() * 60_000;
  for (let time = Math.floor((end - shift) / step) * step + shift; time > end - span; time -= step) {
    const place = LEFT + inner * (1 - (end - time) / Math.max(1, span));
    const text = new Date(time).toLocaleTimeString("en-GB", step < 60_000 ? {} : {hour: "2-digit", minute: "2-digit"});
    picture.append(svg("line", {class: "grid-line", x1: place, x2: place, y1: 8, y2: 8 + tall}), svg("text", {class: "axis", x: place, y: tall + 24, "text-anchor": "middle"}, text));
  }
}

/** A path with a gap for unknown values. */
function line(values, x, y) {
  let text = "";
  let isDown = false;
  values.forEach((value, index) => {
    if (value !== null) text += `${isDown ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = value !== null;
  });
  return text;
}

function band(least, greatest, x, y) {
  let text = "";
  for (let index = 0; index < least.length; index++) {
    if (least[index] === null) continue;
    const start = index;
    while (index + 1 < least.length && least[index + 1] !== null) index++;
    const places = Array.from({length: index - start + 1}, (_, step) => start + step);
    text += `M${places.map(place => `${x(place).toFixed(1)} ${y(greatest[place]).toFixed(1)}`).join("L")}L${places.reverse().map(place => `${x(place).toFixed(1)} ${y(least[place]).toFixed(1)}`).join("L")}Z`;
  }
  return text;
}

/**
 * Bars of a histogram: `bins` of `{from, through, count}`, with labelled lines.
 * @param lines each `{at, text}`.
 */
export function histogram(name, unit) {
  const picture = svg("svg", {role: "img", class: "graph", height: 150, "aria-label": name});
  const element = h("figure", {class: "graph-box"}, h("figcaption", {}, name), picture);

  function show(bins, lines = [], isBad = () => false) {
    const width = Math.max(240, picture.clientWidth || element.clientWidth);
    picture.setAttribute("viewBox", `0 0 ${width} 150`);
    picture.replaceChildren();
    const real = bins.filter(bin => Math.abs(bin.from) < 1e6 && Math.abs(bin.through) < 1e6);
    if (!real.length) return setAttribute(picture, "aria-label", `${name}: nothing measured`);
    let [low, high] = [Math.min(...real.map(bin => bin.from), ...lines.map(one => one.at)), Math.max(...real.map(bin => bin.through), ...lines.map(one => one.at)) + 1];
    const margin = Math.max(1, (high - low) * 0.03);
    [low, high] = [low - margin, high + margin];
    const most = Math.log1p(Math.max(...real.map(bin => bin.count)));
    const x = value => 8 + (width - 16) * (value - low) / (high - low);
    for (const bin of real) {
      const tall = Math.max(1.5, 112 * Math.log1p(bin.count) / most);
      picture.append(svg("rect", {class: isBad(bin) ? "bar-bad" : "bar-ok", x: x(bin.from), width: Math.max(1.5, x(bin.through + 1) - x(bin.from) - 1), y: 124 - tall, height: tall},
        svg("title", {}, `${bin.from} to ${bin.through} ${unit}: ${bin.count} packets`)));
    }
    const step = niceStep(high - low, width / 90);
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) picture.append(svg("text", {class: "axis", x: x(value), y: 144, "text-anchor": "middle"}, `${value}`.replace("-", "\u2212")));
    for (const one of lines) picture.append(svg("line", {class: "mark", x1: x(one.at), x2: x(one.at), y1: 4, y2: 128}), svg("text", {class: "axis", x: x(one.at) + 4, y: 14}, one.text));
    const total = real.reduce((sum, bin) => sum + bin.count, 0);
    setAttribute(picture, "aria-label", `${name}: ${total} packets between ${real[0].from} and ${real.at(-1).through} ${unit}`);
  }
  return Object.assign(element, {show});
}

// SPDX-License-Identifier: MIT
// Forms from the daemon's declarations: each key with its range, its description and the origin of its value.
import {h, keep, setAttribute, setText} from "./dom.js";

/** The words of "one of a, b, c"; null for free text. */
export function choices(expected) {
  const found = /^one of (.+)$/.exec(expected);
  if (found) return found[1].split(/, | or /);
  return expected === "true or false" ? ["true", "false"] : null;
}

const ORIGINS = {default: "default", profile: "profile", file: "file", override: "set here", commandLine: "command line"};
let made = 0;

/**
 * One key. Typed text stays until it is applied or cancelled, whatever value the daemon reports meanwhile.
 * @param apply called with key and value; @param reset called with the key, or undefined if there is nothing to reset.
 */
function field(one, apply, reset) {
  const id = `field-${++made}`;
  const words = choices(one.expected);
  const input = words ? h("select", {id}, words.map(word => h("option", {value: word}, word)))
    : h("input", {id, type: "text", size: 16, spellcheck: "false", autocomplete: "off"});
  setAttribute(input, "aria-describedby", `${id}-about`);
  const [origin, note] = [h("span", {class: "origin"}), h("span", {class: "warn"})];
  const set = h("button", {type: "submit", hidden: true}, "Apply");
  const drop = h("button", {type: "button", class: "quiet", hidden: true, onclick: () => reset(one.key)}, "Reset");
  const element = h("form", {class: "field"}, h("label", {for: id}, one.key.split(".").at(-1)), h("div", {class: "control"}, input, set, drop, origin, note),
    h("p", {class: "about", id: `${id}-about`}, h("span", {}, one.summary), " ", h("span", {class: "expected"}, words ? "" : `Allowed: ${one.expected}.`)));
  let value = null;
  const isChanged = () => input.value !== value;
  const mark = () => set.hidden = !isChanged();
  input.addEventListener("input", mark);
  input.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    input.value = value;
    mark();
  });
  element.addEventListener("submit", async event => {
    event.preventDefault();
    if (!isChanged()) return;
    const wanted = input.value;
    if (await apply(one.key, wanted)) value = wanted;
    mark();
  });
  element.update = now => {
    if (value === null || !isChanged()) input.value = now.value;
    value = now.value;
    mark();
    input.disabled = now.isSettable === false;
    setText(origin, now.origin ? ORIGINS[now.origin] ?? now.origin : "");
    setText(note, now.inForce !== undefined && now.inForce !== null ? `${now.inForce} is in force until a restart` : now.needsRestart && now.isSettable ? "takes effect after a restart" : "");
    note.className = now.inForce !== undefined && now.inForce !== null ? "warn" : "muted";
    drop.hidden = now.origin !== "override";
  };
  element.update(one);
  return element;
}

/** A list of fields, updated from the daemon's values. */
export function form(apply, reset) {
  const element = h("div", {class: "fields"});
  element.show = all => keep(element, all, one => one.key, one => field(one, apply, reset));
  return element;
}

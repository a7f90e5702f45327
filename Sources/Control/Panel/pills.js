// SPDX-License-Identifier: MIT
// The header: host, interface, version, and five pills that show the health of everything.
import {h, setText} from "./dom.js";
import {SIGNS, summary} from "./health.js";
import {get, watch} from "./store.js";

const pills = document.getElementById("pills");
let view = "";

function make(name) {
  const sign = h("span", {class: "sign", "aria-hidden": "true"});
  const text = h("span", {class: "words"});
  const pill = h("a", {class: "pill"}, h("span", {class: "visually-hidden"}, `${name}: `), sign, text);
  pill.update = ({level, href, text: words}) => {
    pill.className = `pill is-${level}`;
    pill.dataset.level = level;
    pill.href = href;
    sign.className = `sign ${level}`;
    setText(sign, SIGNS[level]);
    setText(text, words);
  };
  return pill;
}

function show() {
  const status = get("status");
  if (!status) return;
  const all = summary(status, get("faults"));
  if (!pills.children.length) pills.append(...all.map(({name}) => make(name)));
  all.forEach((one, index) => pills.children[index].update(one));
  setText(document.getElementById("host"), status.host || "AES67");
  const used = status.interface ? `${status.interface.name} ${status.interface.address}` : "no interface";
  setText(document.getElementById("place"), [status.instance, used, status.version].filter(Boolean).join(" · "));
  const isBad = all.some(({level}) => level === "bad") || get("online") === false;
  document.title = `${isBad ? "! " : ""}${status.host || "AES67"}${view ? ` · ${view}` : ""} · AES67`;
}

/** Sets the name of the current view in the page's title. */
export function nameView(name) {
  view = name;
  show();
}

export function begin() {
  for (const key of ["status", "faults", "online"]) watch(key, show);
}

// SPDX-License-Identifier: MIT
// Keys: 1 to 8 for the views, / to search, ? for help.
import {h} from "./dom.js";
import {go} from "./router.js";

const help = document.getElementById("help");

const KEYS = [
  ["1 – 8", "the views, in the order of their tabs"],
  ["/", "search, where the view has a field for that"],
  ["?", "this list"],
  ["Tab", "from one control to the next"],
];

export function begin(more = []) {
  const rows = [...KEYS, ...more].flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]);
  help.append(h("h2", {id: "help-title"}, "Keyboard"), h("dl", {class: "keys"}, rows),
    h("button", {type: "button", onclick: () => help.close()}, "Close"));
  document.getElementById("help-button").addEventListener("click", () => help.showModal());
  addEventListener("keydown", press);
}

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
  if (event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return;
  if (/^[1-8]$/.test(event.key)) go(Number(event.key));
  else if (event.key === "?") help.showModal();
  else if (event.key === "/") {
    const field = document.querySelector("[data-search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }
}

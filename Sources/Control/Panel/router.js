// SPDX-License-Identifier: MIT
// One address per view: #/overview and so on, so that each can be reloaded and linked.
import {h, setAttribute} from "./dom.js";
import {wantMeters} from "./feed.js";
import {nameView} from "./pills.js";

const root = document.getElementById("view");
const tabs = document.getElementById("tabs");
let views = [];
let leave = null;
let shown = "";

/** @param all each `{name, title, meters, mount(root)}`; `mount` returns a function that is called when the view is left. */
export function begin(all) {
  views = all;
  tabs.append(...views.map((view, index) => h("a", {href: `#/${view.name}`, title: `${view.title} (${index + 1})`}, view.title)));
  addEventListener("hashchange", show);
  show();
}

/** The number of a view, from 1. */
export function go(number) {
  const view = views[number - 1];
  if (view) location.hash = `#/${view.name}`;
}

function show() {
  const name = location.hash.replace(/^#\//, "").split("/")[0];
  const view = views.find(one => one.name === name) ?? views[0];
  if (view.name === shown) return;
  shown = view.name;
  leave?.();
  root.replaceChildren();
  for (const [index, tab] of [...tabs.children].entries()) setAttribute(tab, "aria-current", views[index] === view ? "page" : null);
  nameView(view.title);
  wantMeters(Boolean(view.meters));
  leave = view.mount(root);
  scrollTo(0, 0);
}

// SPDX-License-Identifier: MIT
// Error messages above the view, until the user dismisses them or their cause ends.
import {h} from "./dom.js";
import {watch} from "./store.js";

const note = document.getElementById("note");
let isAway = false;

export function show(text) {
  note.replaceChildren(h("span", {}, text), h("button", {type: "button", onclick: clear}, "Dismiss"));
}

export function clear() {
  isAway = false;
  note.replaceChildren();
}

/** Carries out a user's request, and shows the reason if it is refused. If it succeeds, clears earlier notes and returns true. */
export async function attempt(action) {
  const done = await look(action);
  if (done && !isAway) clear();
  return done;
}

/** The same for the page's own requests: earlier notes stay. */
export async function look(action) {
  try {
    await action();
    return true;
  } catch (error) {
    show(error.message);
    return false;
  }
}

export function begin() {
  watch("online", online => {
    if (online && isAway) clear();
    if (online === false && !isAway) {
      show("The daemon does not answer; the panel keeps trying.");
      isAway = true;
    }
  });
}

// SPDX-License-Identifier: MIT
// Error messages above the view, until the user dismisses them or the cause is over.
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

/** Does what the user asked for, and shows the reason if it is refused. Returns true if it was done, and then clears earlier notes. */
export async function attempt(action) {
  const done = await look(action);
  if (done && !isAway) clear();
  return done;
}

/** The same for requests of the page itself: earlier notes stay. */
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

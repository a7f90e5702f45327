// SPDX-License-Identifier: MIT
// What went wrong, above the view, until somebody reads it or it is over.
import {h} from "./dom.js";
import {watch} from "./store.js";

const note = document.getElementById("note");
let isAway = false;

export function tell(text) {
  note.replaceChildren(h("span", {}, text), h("button", {type: "button", onclick: clear}, "Dismiss"));
}

export function clear() {
  isAway = false;
  note.replaceChildren();
}

/** Does what somebody asked for, and tells if it is refused; returns whether it was done. What was told before is over then. */
export async function attempt(action) {
  const done = await look(action);
  if (done && !isAway) clear();
  return done;
}

/** The same of what nobody asked for: what is told stays. */
export async function look(action) {
  try {
    await action();
    return true;
  } catch (error) {
    tell(error.message);
    return false;
  }
}

export function begin() {
  watch("online", online => {
    if (online && isAway) clear();
    if (online === false && !isAway) {
      tell("The daemon does not answer; the panel keeps trying.");
      isAway = true;
    }
  });
}

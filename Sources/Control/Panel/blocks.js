// SPDX-License-Identifier: MIT
// Switches above the grid, each for all streams of eight device channels.
import {h, setAttribute} from "./dom.js";
import {attempt} from "./notes.js";
import {ask} from "./session.js";
import {mapOf, range} from "./words.js";

/** Eight switches in a grid's head; `streamsOf()` are the receivers or senders of the status. */
export function blockSwitches(grid, way, streamsOf, changed) {
  const kind = way === "capture" ? "receivers" : "senders";
  const inBlock = first => streamsOf().filter(stream => mapOf(stream).some(channel => channel >= first && channel < first + 8));
  const switches = Array.from({length: 8}, (_, index) => {
    const first = 8 * index + 1;
    const text = range(first, first + 7);
    const button = h("button", {type: "button", role: "switch", "aria-label": `${way} ${text}`, "aria-checked": "false", onclick: () => attempt(async () => {
      const enabled = button.getAttribute("aria-checked") !== "true";
      for (const stream of inBlock(first)) if ((stream.state === "disabled") === enabled) await ask("PATCH", `/v1/${kind}/${stream.id}`, {enabled});
      changed();
    })}, h("span", {class: "knob", "aria-hidden": "true"}), h("span", {class: "block-name"}, text));
    button.first = first;
    grid.blocks.append(h("div", {role: "columnheader", class: "block edge", "aria-colspan": 8}, button));
    return button;
  });
  return function show() {
    for (const button of switches) {
      const streams = inBlock(button.first);
      button.disabled = !streams.length;
      const running = streams.filter(stream => stream.state !== "disabled").length;
      setAttribute(button, "aria-checked", String(running > 0));
      setAttribute(button, "title", streams.length ? `${running} of ${streams.length} on: ${streams.slice(0, 6).map(stream => stream.name).join(", ")}` : "no streams");
    }
  };
}

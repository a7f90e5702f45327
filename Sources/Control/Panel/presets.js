// SPDX-License-Identifier: MIT
// Presets and undo: loads and saves presets, and undoes the last change.
import {h, setAttribute} from "./dom.js";
import {attempt, look} from "./notes.js";
import {ask} from "./session.js";
import {clockTime} from "./words.js";

/** @param changed called after each change. */
export function presetBar(changed) {
  const list = h("select", {"aria-label": "Preset"});
  const act = (text, action) => h("button", {type: "button", onclick: () => attempt(async () => {
    await action();
    await show();
    changed();
  })}, text);
  const path = name => `/v1/presets/${encodeURIComponent(name)}`;
  const load = act("Load", () => list.value && ask("POST", `${path(list.value)}/load`));
  const remove = act("Delete", () => list.value && ask("DELETE", path(list.value)));
  const name = h("input", {type: "text", "aria-label": "Name of a new preset", placeholder: "Name", size: 12, maxlength: 64});
  const save = act("Save", async () => {
    if (!name.value.trim()) return name.focus();
    await ask("PUT", path(name.value.trim()), {});
    name.value = "";
  });
  const undo = act("Undo", () => ask("POST", "/v1/undo"));
  name.addEventListener("keydown", event => event.key === "Enter" && save.click());

  async function show() {
    const [presets, changes] = [await ask("GET", "/v1/presets"), await ask("GET", "/v1/undo")];
    const chosen = list.value;
    list.replaceChildren(...(presets.length ? presets : [{name: ""}]).map(preset => h("option", {value: preset.name}, preset.name || "no presets")));
    if (presets.some(preset => preset.name === chosen)) list.value = chosen;
    list.disabled = load.disabled = remove.disabled = !presets.length;
    undo.disabled = !changes.length;
    setAttribute(undo, "title", changes.length ? `${changes[0].text}, ${clockTime(changes[0].unixSeconds * 1000)}` : "nothing to undo");
  }

  const element = h("div", {class: "tools", role: "group", "aria-label": "Presets and undo"}, list, load, remove, name, save, undo);
  return Object.assign(element, {show: () => look(show)});
}

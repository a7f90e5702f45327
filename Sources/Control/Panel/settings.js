// SPDX-License-Identifier: MIT
// The view of the configuration: profile, network interface, and every key.
import {settingsForm} from "./configuration.js";
import {card, h, setAttribute, setText, table} from "./dom.js";
import {every} from "./feed.js";
import {attempt, look} from "./notes.js";
import {ask} from "./session.js";
import {plural} from "./words.js";

export const settings = {name: "settings", title: "Settings", mount};

const SECTIONS = [["network", "Network"], ["layout", "Layout"], ["streams", "Streams"], ["ptp", "PTP"], ["clock", "Clock"], ["device", "Device"], ["real-time", "Real time"], ["log", "Log"]];

function mount(root) {
  const ends = [];
  const search = h("input", {type: "search", "aria-label": "Search settings", placeholder: "Search settings ( / )", "data-search": true});
  const sections = SECTIONS.map(([prefix, title]) => {
    const fields = settingsForm(setting => setting.key.startsWith(`${prefix}.`) && matches(setting));
    return Object.assign(card(title, "", fields), {fields});
  });
  const matches = setting => `${setting.key} ${setting.summary}`.toLowerCase().includes(search.value.toLowerCase());
  const show = async () => {
    await Promise.all(sections.map(section => section.fields.show()));
    for (const section of sections) section.hidden = !section.fields.children.length;
  };
  search.addEventListener("input", show);
  root.append(h("div", {class: "row"}, profileCard(show), interfaceCard(ends, show)), h("div", {class: "toolbar"}, search), h("div", {class: "columns"}, sections));
  show();
  return () => ends.forEach(end => end());
}

function profileCard(changed) {
  const list = h("select", {id: "profile"});
  const [file, overrides] = [h("p", {class: "muted"}), h("p", {class: "muted"})];
  const apply = h("button", {type: "button", onclick: () => attempt(async () => {
    const report = await ask("PUT", "/v1/profile", {profile: list.value});
    await Promise.all([show(), changed()]);
    if (report.needsRestart.length) throw new Error(`${report.needsRestart.join(", ")}: in force after a restart`);
  })}, "Use");
  const drop = h("button", {type: "button", onclick: () => confirm("Drop all run-time changes, streams included? Undo brings them back.")
    && attempt(async () => [await ask("DELETE", "/v1/configuration"), await Promise.all([show(), changed()])])}, "Drop overrides");
  const undo = h("button", {type: "button", onclick: () => attempt(async () => [await ask("POST", "/v1/undo"), await Promise.all([show(), changed()])])}, "Undo");

  async function show() {
    const [now, changes] = [await ask("GET", "/v1/configuration"), await ask("GET", "/v1/undo")];
    list.replaceChildren(...["", ...now.profiles.filter(Boolean)].map(name => h("option", {value: name === "" ? "none" : name}, name || "no profile")));
    list.value = now.profile || "none";
    setText(file, `File: ${now.file}. Smallest period: ${now.smallestPeriodFrames} frames.`);
    const kept = Object.keys(now.settings).length + now.senders.length + now.receivers.length;
    setText(overrides, kept ? `${plural(kept, "setting or stream overrides", "settings and streams override")} the file.` : "No setting overrides the configuration file.");
    drop.disabled = !kept;
    undo.disabled = !changes.length;
    setAttribute(undo, "title", changes.length ? changes[0].text : "nothing to undo");
  }
  look(show);
  return card("Profile", "supplies what the file does not set", h("div", {class: "toolbar"}, h("label", {for: "profile"}, "Profile"), list, apply, undo, drop), file, overrides);
}

function interfaceCard(ends, changed) {
  const use = {title: "", make(cell, one) {
    cell.button ??= cell.appendChild(h("button", {type: "button"}, "Use"));
    cell.button.disabled = one.isUsed || Boolean(one.problem);
    setText(cell.button, one.isUsed ? "in use" : "Use");
    setAttribute(cell.button, "aria-label", one.isUsed ? `${one.name} is in use` : `Use ${one.name}`);
    cell.button.onclick = () => attempt(async () => [await ask("PATCH", "/v1/configuration", {settings: {"network.interface": one.name}}), await show(), await changed()]);
  }};
  const shown = table("Network interfaces of this host", [
    {title: "Interface", text: one => one.name}, {title: "Address", text: one => one.addresses.join(", ") || "none"},
    {title: "Link", text: one => one.hasCarrier ? [one.speedMegabits ? `${one.speedMegabits} Mbit/s` : "up", one.duplex === "half" ? "half duplex" : ""].filter(Boolean).join(", ") : "no link"},
    {title: "Kind", kind: "wide", text: one => one.kind}, {title: "Problem", kind: "wide", text: one => one.problem ?? ""}, use,
  ], "No network interfaces.");
  const show = async () => shown.update((await ask("GET", "/v1/interfaces")).filter(one => one.kind !== "loopback" || one.isUsed), one => one.name);
  ends.push(every(3000, show));
  return card("Network interface", "streams and PTP use one", shown);
}

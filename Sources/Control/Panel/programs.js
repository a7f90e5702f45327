// SPDX-License-Identifier: MIT
// The view of programs that have the device open.
import {card, setText, table} from "./dom.js";
import {ask} from "./session.js";
import {watch} from "./store.js";
import {channels, count, frames, plural} from "./words.js";

export const programs = {name: "programs", title: "Programs", mount};

function mount(root) {
  const shown = table("Programs that have the device open", [
    {title: "Program", text: one => `${one.program} (${one.pid})`},
    {title: "Direction", text: one => one.direction},
    {title: "State", text: one => one.running ? "✓ running" : "– stopped"},
    {title: "Channels", kind: "n", text: channels},
    {title: "Period", kind: "n", text: one => one.periodFrames ? `${one.periodFrames} frames, ${frames(one.periodFrames)}` : "–"},
    {title: "Buffer", kind: "n wide", text: one => one.bufferFrames ? frames(one.bufferFrames) : "–"},
    {title: "Played or recorded", kind: "n wide", text: one => `${count(Math.round(one.frames / 48_000))} s`},
    {title: "Xruns", kind: "n", text: one => count(one.xruns)},
  ], "No program has the device open. It appears as aes67, aes67_plug and aes67_stereo in the list of aplay -L.");
  const made = card("Programs", "", shown);
  root.append(made);
  ask("GET", "/v1/configuration").then(({smallestPeriodFrames}) => setText(made.note, `smallest period: ${smallestPeriodFrames} frames, ${frames(smallestPeriodFrames)}`), () => {});
  const end = watch("status", ({clients}) => {
    shown.update(clients, one => `${one.slot} ${one.pid}`);
    setText(made.querySelector("h2"), plural(clients.length, "program"));
  });
  return () => end();
}

// SPDX-License-Identifier: MIT
import {clock} from "./clock.js";
import {discovery} from "./discovery.js";
import {h} from "./dom.js";
import {events} from "./events.js";
import * as feed from "./feed.js";
import * as keys from "./keys.js";
import * as notes from "./notes.js";
import {overview} from "./overview.js";
import * as pills from "./pills.js";
import {programs} from "./programs.js";
import * as router from "./router.js";
import {routing} from "./routing.js";
import {ask, open} from "./session.js";
import {settings} from "./settings.js";
import {set, watch} from "./store.js";
import {streams} from "./streams.js";

const views = [overview, routing, streams, discovery, clock, programs, events, settings];

/** @param hadAccess true if the page had access until the daemon was restarted. */
function lock(hadAccess = false) {
  document.getElementById("tabs").hidden = true;
  document.getElementById("view").replaceChildren(h("div", {class: "locked", role: "status"},
    h("h2", {}, hadAccess ? "The daemon was restarted" : "This browser has no access to the sound card yet"),
    h("p", {}, "Run ", h("kbd", {}, "aes67 panel"), " on this host, and open the address that it prints. The address holds a key that is new with each start of the daemon."),
    hadAccess && h("p", {}, "This page reconnects by itself as soon as the new address is open in this browser.")));
  if (!hadAccess) return;
  feed.every(3000, async () => {
    await ask("GET", "/v1/log-level");
    location.reload();
  });
}

await open();
try {
  const look = async () => set("sessions", await ask("GET", "/v1/sessions"));
  await look();
  notes.begin();
  pills.begin();
  feed.begin();
  keys.begin([
    ["Arrows", "move in the grid; left and right fold a row"], ["Enter, Space", "connect or disconnect"], ["Delete", "disconnect"],
  ]);
  router.begin(views);
  feed.every(2000, async () => set("faults", await ask("GET", "/v1/faults")));
  watch("sessionsChanged", () => notes.look(look));
  watch("locked", locked => locked && lock(true));
} catch (error) {
  if (error.status !== 401) notes.show(error.message);
  lock();
}

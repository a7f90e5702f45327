// SPDX-License-Identifier: MIT
// Settings of the daemon, for the views of the clock and of the settings.
import {form} from "./forms.js";
import {attempt, look} from "./notes.js";
import {ask} from "./session.js";

/** A form of some settings; `show()` requests them again. */
export function settingsForm(isWanted) {
  const change = async request => {
    const done = await attempt(async () => {
      const report = await request();
      if (report.refused?.length) throw new Error(report.refused.join("; "));
    });
    await show();
    return done;
  };
  const element = form((key, value) => change(() => ask("PATCH", "/v1/configuration", {settings: {[key]: value}})), key => change(() => ask("DELETE", `/v1/settings/${encodeURIComponent(key)}`)));
  const list = element.show;

  async function show() {
    await look(async () => list((await ask("GET", "/v1/settings")).filter(isWanted)));
  }
  return Object.assign(element, {show});
}

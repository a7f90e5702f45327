// SPDX-License-Identifier: MIT
// An SDP text that can be edited, opened and saved; the daemon checks it line by line.
import {h, keep, setAttribute, setText} from "./dom.js";
import {attempt, look} from "./notes.js";
import {ask} from "./session.js";

const WAIT = 300;
let made = 0;

/**
 * @param act called with the text when the user presses the button; returns the result. A refusal that names a line is shown with the line.
 * @param isOwn true for a stream of this host, which checks the text itself; otherwise the stream must be receivable.
 */
export function sdpBox({title, action, act, isOwn}) {
  const id = `sdp-${++made}`;
  const text = h("textarea", {id, rows: 12, cols: 60, spellcheck: "false", "aria-describedby": `${id}-verdict`});
  const verdict = h("p", {id: `${id}-verdict`, role: "status"});
  const problems = h("ol", {class: "sdp-problems"});
  const button = h("button", {type: "button", disabled: true, onclick: apply}, action);
  const file = h("input", {type: "file", accept: ".sdp,application/sdp,text/plain", "aria-label": `File: ${title}`});
  const copy = h("button", {type: "button", onclick: () => attempt(() => navigator.clipboard.writeText(text.value))}, "Copy");
  const save = h("a", {class: "button", download: "stream.sdp", href: "data:application/sdp,"}, "Download");
  file.addEventListener("change", async () => file.files[0] && put(await file.files[0].text()));
  text.addEventListener("input", changed);
  let timer = null;

  function changed() {
    setAttribute(save, "href", `data:application/sdp;charset=utf-8,${encodeURIComponent(text.value)}`);
    clearTimeout(timer);
    button.disabled = true;
    timer = setTimeout(check, WAIT);
  }

  async function apply() {
    try {
      const done = await act(text.value);
      verdict.className = "ok";
      setText(verdict, `✓ ${done}`);
    } catch (error) {
      const [, line, sentence] = /^line (\d+): ([^]*)$/.exec(error.reason ?? "") ?? [null, 0, error.message];
      showProblems([{line: Number(line), sentence}]);
      verdict.className = "bad";
      setText(verdict, "✕ refused; nothing was changed");
      if (Number(line)) go(Number(line));
    }
  }

  function showProblems(all) {
    const place = one => one.line ? h("button", {type: "button", class: "quiet", onclick: () => go(one.line)}, `line ${one.line}`) : "";
    keep(problems, all, one => `${one.line} ${one.sentence}`, one => h("li", {}, place(one), ` ${one.sentence}`));
  }

  async function check() {
    if (!text.value.trim()) return [setText(verdict, ""), keep(problems, [], one => one, () => h("li"))];
    await look(async () => {
      const found = await ask("POST", "/v1/sdp/check", {sdp: text.value});
      const stream = found.streams[0];
      verdict.className = found.receivable ? "ok" : "bad";
      setText(verdict, found.receivable ? `✓ ${stream.channels} channels, ${stream.encoding}/${stream.rate}, ${stream.address}:${stream.port}` : `✕ ${found.sentence}`);
      showProblems(found.problems);
      button.disabled = !isOwn && !found.receivable;
    });
  }

  /** Shows a line. */
  function go(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  }

  function put(value) {
    text.value = value;
    changed();
  }

  const element = h("div", {class: "sdp-box"}, h("label", {for: id}, title), text, verdict, problems, h("div", {class: "toolbar"}, button, copy, save, file));
  return Object.assign(element, {put, save, button});
}

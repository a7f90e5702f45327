// SPDX-License-Identifier: MIT
// The daemon's API. A browser may use it after it has presented the token in the address that `aes67 panel` prints.

/** A request that was refused, with the daemon's reason and hint. */
export class Refusal extends Error {
  constructor(status, answer) {
    super([answer.reason, answer.hint].filter(Boolean).join("; "));
    this.status = status;
    this.reason = answer.reason;
  }
}

/** Exchanges the token after the # of the address for a cookie, and removes it from the address and the history. */
export async function open() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  await fetch("/session", {method: "POST", headers: {Authorization: `Bearer ${token}`}});
  history.replaceState(null, "", `${location.pathname}#/overview`);
}

/** The daemon's answer; throws a Refusal. */
export async function ask(method, path, body) {
  const options = {method, headers: {}};
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refusal(0, {reason: "the daemon does not answer", hint: "it may be restarting"});
  }
  const isJSON = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
  const value = answer.status === 204 ? null : isJSON ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, value?.reason ? value : {reason: `the daemon answered ${answer.status}`});
  return value;
}

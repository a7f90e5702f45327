// SPDX-License-Identifier: MIT
// What is known of the daemon, by key, and who wants to know when it changes.

const values = new Map();
const watchers = new Map();

export const get = key => values.get(key);

export function set(key, value) {
  values.set(key, value);
  for (const watcher of [...(watchers.get(key) ?? [])]) watcher(value);
}

/** Calls `watcher` with each new value, and with what is known already; returns a function that ends that. */
export function watch(key, watcher) {
  if (!watchers.has(key)) watchers.set(key, new Set());
  watchers.get(key).add(watcher);
  if (values.has(key)) watcher(values.get(key));
  return () => watchers.get(key).delete(watcher);
}

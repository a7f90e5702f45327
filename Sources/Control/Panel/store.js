// SPDX-License-Identifier: MIT
// The known values of the daemon, by key, and their watchers.

const values = new Map();
const watchers = new Map();

export const get = key => values.get(key);

export function set(key, value) {
  values.set(key, value);
  for (const watcher of [...(watchers.get(key) ?? [])]) watcher(value);
}

/** Calls `watcher` with the present value and each new one; returns a function that stops this. */
export function watch(key, watcher) {
  if (!watchers.has(key)) watchers.set(key, new Set());
  watchers.get(key).add(watcher);
  if (values.has(key)) watcher(values.get(key));
  return () => watchers.get(key).delete(watcher);
}

// SPDX-License-Identifier: MIT
// Starts the page only if all modules were loaded. A browser cancels its requests when an interface of this host changes, and
// would leave the page empty. The page is then loaded again, a few times at most.
const MOST = 3;
const before = Number(sessionStorage.getItem("loads") ?? 0);

try {
  await import("./main.js");
  sessionStorage.removeItem("loads");
} catch (error) {
  sessionStorage.setItem("loads", before + 1);
  if (before >= MOST) throw error;
  setTimeout(() => location.reload(), 500);
}

// SPDX-License-Identifier: MIT
// Begins with all modules, or not at all: a browser gives up requests under way when an interface of this host changes, and
// would leave the page empty. Then it is loaded again, a few times at most.
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

# SPDX-License-Identifier: MIT
"""An accessibility check of a page for keyboard, screen reader and contrast, as a JavaScript expression that returns the violations as sentences."""

RULES = r"""(() => {
  const wrong = [];
  const shown = element => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && element.getClientRects().length > 0;
  const label = element => `${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}.${element.className}: ${(element.textContent || "").trim().slice(0, 40)}`;
  const all = selector => [...document.querySelectorAll(selector)].filter(shown);

  // Landmarks, one heading of the first level, a language, and tabs that say which is shown.
  for (const selector of ["header", "nav[aria-label]", "main", "h1", "html[lang]", "nav a[aria-current=page]"]) {
    if (document.querySelectorAll(selector).length !== 1) wrong.push(`${selector} is there ${document.querySelectorAll(selector).length} times`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  for (const id of new Set(ids)) if (ids.filter(one => one === id).length > 1) wrong.push(`id ${id} is there twice`);
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const id of (element.getAttribute(name) ?? "").split(" ").filter(Boolean)) if (!document.getElementById(id)) wrong.push(`${label(element)}: ${name} ${id} is nowhere`);
    }
  }

  // Each control and each region has a name.
  const name = element => [element.getAttribute("aria-label"), ...(element.getAttribute("aria-labelledby") ?? "").split(" ").map(id => id && document.getElementById(id)?.textContent),
    element.labels?.length ? [...element.labels].map(one => one.textContent).join() : "", element.matches("input, select, textarea") ? "" : element.textContent].find(text => text && text.trim());
  for (const element of all("a[href], button, input, select, textarea, [role=meter], [role=grid], [role=dialog], dialog, section, summary, [role=img], [role=region], [role=switch]")) {
    if (!name(element)) wrong.push(`${label(element)} has no name`);
  }
  for (const element of all("img, canvas, svg")) {
    if (!element.closest("[aria-hidden=true]") && !element.getAttribute("aria-label") && !element.getAttribute("alt") && !element.closest("[role=img][aria-label]")) wrong.push(`${label(element)} has no text instead`);
  }
  for (const element of all("table")) {
    if (!element.caption) wrong.push(`${label(element)} has no caption`);
    for (const head of element.querySelectorAll("th")) if (!head.scope) wrong.push(`${label(head)} has no scope`);
  }
  for (const element of all("[role=meter]")) {
    for (const attribute of ["aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"]) if (!element.hasAttribute(attribute)) wrong.push(`${label(element)} has no ${attribute}`);
  }
  for (const grid of all("[role=grid]")) {
    if (grid.querySelectorAll("[tabindex='0']").length !== 1) wrong.push(`${label(grid)} has ${grid.querySelectorAll("[tabindex='0']").length} places for the focus`);
    for (const cell of grid.querySelectorAll("[role=gridcell], [role=rowheader], [role=columnheader]")) if (!cell.closest("[role=row]")) wrong.push(`${label(cell)} is in no row`);
  }
  for (const element of all("[tabindex]")) if (element.tabIndex > 0) wrong.push(`${label(element)} changes the order of the focus`);

  // Text against what is behind it: 4.5:1 (WCAG 1.4.3), 3:1 where it is large.
  const parse = text => { const parts = text.match(/[\d.]+/g).map(Number); return parts.length > 3 ? parts : [...parts, 1]; };
  const light = ([r, g, b]) => [r, g, b].map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4).reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const over = (top, below) => [0, 1, 2].map(index => top[index] * top[3] + below[index] * (1 - top[3])).concat(1);
  const ground = element => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.unshift(parse(getComputedStyle(one).backgroundColor));
    return layers.reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || !shown(element) || element.closest(".visually-hidden, noscript, .skip, button:disabled")) continue;
    seen.add(element);
    const style = getComputedStyle(element);
    const below = ground(element);
    const [one, two] = [light(over(parse(style.color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    if (ratio < (isLarge ? 3 : 4.5)) wrong.push(`${label(element)}: contrast ${ratio.toFixed(2)}:1`);
  }
  return wrong;
})()"""

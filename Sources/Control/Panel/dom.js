// SPDX-License-Identifier: MIT
// Elements. Names come from the network: text is always inserted as text, never as markup.

/** An element with attributes (`class`, `aria-label`, `onclick`, ...) and children, which are nodes or text. */
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return made;
}

/** Sets a text only if it differs, so that nothing is painted or announced unnecessarily. */
export function setText(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** A landmark with a heading, the elements beside the heading, and those below. */
export function card(title, beside, ...children) {
  const id = `card-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  const note = h("p", {}, beside ?? "");
  const end = h("div", {class: "end"});
  const made = h("section", {class: "card", "aria-labelledby": id}, h("div", {class: "head"}, h("h2", {id}, title), note, end), ...children);
  return Object.assign(made, {note, end});
}

/**
 * Updates the children of `parent` from `items`: each has a key, is made once, and updated in place. If several items have
 * one key, which announcing hosts can choose, each has its own child.
 * @param make makes the element of an item, with a function `update(item)`.
 */
export function keep(parent, items, key, make) {
  const old = parent.kept ?? new Map();
  const kept = new Map();
  let place = parent.firstElementChild;
  for (const item of items) {
    let name = key(item);
    while (kept.has(name)) name = `${name} again`;
    const node = old.get(name) ?? make(item);
    old.delete(name);
    kept.set(name, node);
    node.update?.(item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
  parent.kept = kept;
}

/**
 * A table whose rows are updated from items.
 * @param columns each `{title, kind, text(item)}` or `{title, kind, make(cell, item)}`; the first is the header of its row.
 */
export function table(caption, columns, empty) {
  const head = h("tr", {}, columns.map(column => h("th", {scope: "col", class: column.kind}, column.title)));
  const body = h("tbody");
  const none = h("p", {class: "empty"}, empty);
  const whole = h("table", {}, h("caption", {class: "visually-hidden"}, caption), h("thead", {}, head), body);
  const made = h("div", {class: "box"}, whole, none);
  const row = () => {
    const cells = columns.map((column, index) => h(index ? "td" : "th", {class: column.kind, scope: index ? null : "row"}));
    const line = h("tr", {}, cells);
    line.update = item => columns.forEach((column, index) => {
      if (column.make) column.make(cells[index], item);
      else setText(cells[index], column.text(item));
    });
    return line;
  };
  made.update = (items, key) => {
    whole.hidden = !items.length;
    none.hidden = items.length > 0;
    keep(body, items, key, row);
  };
  return made;
}

// SPDX-License-Identifier: MIT
// A grid of rows and 64 columns, of which only the visible rows are made. One crossing has the focus; arrow keys move it.
import {h, setAttribute, setText} from "./dom.js";
import {describe, look} from "./crossing.js";
import {SIGNS} from "./health.js";
import {plural} from "./words.js";

export const COLUMNS = 64;
const HEIGHT = 24;
const SPARE = 6;

export class Grid {
  /** @param acts `{toggle(row, column), part(row, column), fold(row), run(row, column, length), say(text)}` */
  constructor(label, way, acts) {
    Object.assign(this, {way, acts, rows: [], kept: new Map(), pending: new Set(), active: {key: "", row: 0, column: 1}});
    this.blocks = h("div", {role: "row", class: "grid-row blocks"}, h("div", {role: "columnheader", class: "corner"}, h("span", {class: "visually-hidden"}, "Blocks of eight")));
    this.head = h("div", {role: "row", class: "grid-row numbers"}, h("div", {role: "columnheader", class: "corner"}, way === "capture" ? "Stream \\ capture channel" : "Sender \\ playback channel"),
      Array.from({length: COLUMNS}, (_, index) => h("div", {role: "columnheader", class: index % 8 === 7 ? "edge" : null}, String(index + 1))));
    this.body = h("div", {role: "rowgroup", class: "grid-body"});
    this.scroller = h("div", {class: "grid-scroll", role: "presentation"}, h("div", {role: "rowgroup", class: "grid-head"}, this.blocks, this.head), this.body);
    this.element = h("div", {role: "grid", class: "grid", "aria-label": label, "aria-colcount": COLUMNS + 1, "aria-multiselectable": "false"}, this.scroller);
    this.scroller.addEventListener("scroll", () => this.draw(), {passive: true});
    this.body.addEventListener("keydown", event => this.press(event));
    this.body.addEventListener("focusin", event => this.focused(event.target));
    this.body.addEventListener("pointerover", event => this.hover(event.target));
    this.listening = new AbortController();
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.scroller);
  }

  end() {
    this.listening.abort();
    this.observer.disconnect();
  }

  show(rows) {
    this.rows = rows;
    this.body.style.height = `${rows.length * HEIGHT}px`;
    setAttribute(this.element, "aria-rowcount", rows.length + 2);
    const found = rows.findIndex(row => row.key === this.active.key);
    if (found >= 0) this.active.row = found;
    this.draw(true);
  }

  /** Makes the visible rows. `all` also renews those that exist. */
  draw(all = false) {
    const top = Math.max(0, Math.floor(this.scroller.scrollTop / HEIGHT) - SPARE);
    const end = Math.min(this.rows.length, top + Math.ceil(this.scroller.clientHeight / HEIGHT) + 2 * SPARE);
    const wanted = new Set(this.rows.slice(top, end).map(row => row.key));
    const free = [];
    for (const [key, line] of this.kept) if (!wanted.has(key)) [this.kept.delete(key), free.push(line)];
    for (let index = top; index < end; index++) {
      const row = this.rows[index];
      let line = this.kept.get(row.key);
      if (!line || all || line.index !== index) {
        if (!line) {
          line = free.pop() ?? this.makeLine();
          this.kept.set(row.key, line);
        }
        this.fill(line, row, index);
      }
    }
    for (const line of free) line.element.remove();
    this.rove();
  }

  makeLine() {
    const [sign, text, note] = [h("span", {class: "sign", "aria-hidden": "true"}), h("span", {class: "row-name"}), h("span", {class: "row-note"})];
    const head = h("div", {role: "rowheader", class: "row-head", "data-column": 0}, sign, text, note);
    const cells = Array.from({length: COLUMNS}, (_, index) => h("div", {role: "gridcell", "data-column": index + 1, "aria-colindex": index + 2}));
    const element = h("div", {role: "row", class: "grid-row"}, head, cells);
    const line = {element, head, sign, text, note, cells, looks: Array(COLUMNS).fill(null)};
    element.line = line;
    return line;
  }

  fill(line, row, index) {
    if (line.element.parentNode !== this.body) this.body.append(line.element);
    Object.assign(line, {row, index});
    line.element.style.transform = `translateY(${index * HEIGHT}px)`;
    const kind = `grid-row is-${row.kind}${row.isOpen ? " is-open" : ""}`;
    if (line.element.className !== kind) line.element.className = kind;
    setAttribute(line.element, "aria-rowindex", index + 3);
    const canFold = row.kind !== "channel";
    setAttribute(line.head, "aria-expanded", canFold ? String(row.isOpen) : null);
    const [name, note, level] = headOf(row);
    setText(line.text, name);
    setText(line.note, note);
    setText(line.sign, level ? SIGNS[level] : "");
    line.sign.className = `sign ${level}`;
    setAttribute(line.head, "title", row.kind === "group" ? row.group : [row.stream.name, row.stream.format, row.stream.refusal || row.stream.word, row.stream.reason].filter(Boolean).join("\n"));
    line.cells.forEach((cell, place) => {
      const {kind, text} = look(row, place + 1, this.pending);
      const all = `${kind}|${text}`;
      if (line.looks[place] === all) return;
      line.looks[place] = all;
      cell.className = kind + (place % 8 === 7 ? " edge" : "");
      setText(cell, text);
      setAttribute(cell, "aria-selected", kind.startsWith("on") ? "true" : "false");
    });
    // The label of the focused crossing is valid only while its line shows the same row.
    if (this.spoken?.line !== line) return;
    setAttribute(this.spoken.cell, "aria-label", this.spoken.key === row.key ? describe(row, this.spoken.column, this.way) : null);
  }

  /** The crossing that Tab moves to. */
  rove() {
    const line = this.kept.get(this.rows[this.active.row]?.key) ?? this.kept.get(this.rows[this.top]?.key) ?? this.kept.values().next().value;
    const cell = line && (this.active.column ? line.cells[this.active.column - 1] : line.head);
    if (cell === this.tabbed) return;
    if (this.tabbed) this.tabbed.removeAttribute("tabindex");
    cell?.setAttribute("tabindex", "0");
    this.tabbed = cell;
  }

  get top() {
    return Math.floor(this.scroller.scrollTop / HEIGHT);
  }

  /** Row and column of an element of the grid. */
  placeOf(element) {
    const cell = element.closest?.("[data-column]");
    const line = cell?.closest("[role=row]")?.line;
    return line && {row: line.row, index: line.index, column: Number(cell.dataset.column), cell};
  }

  focused(element) {
    const place = this.placeOf(element);
    if (!place) return;
    this.active = {key: place.row.key, row: place.index, column: place.column};
    this.rove();
    const text = describe(place.row, place.column || 1, this.way);
    this.spoken?.cell.removeAttribute("aria-label");
    this.spoken = place.column ? {cell: place.cell, key: place.row.key, column: place.column, line: place.cell.parentElement.line} : null;
    if (place.column) place.cell.setAttribute("aria-label", text);
    this.acts.say(place.column ? text : headOf(place.row).slice(0, 2).join(", "));
  }

  hover(element) {
    const place = this.placeOf(element);
    if (place) this.acts.say(place.column ? describe(place.row, place.column, this.way) : place.cell.title.replaceAll("\n", " · "));
    this.hovered?.forEach(one => one.classList.remove("hot"));
    this.hovered = place?.column ? [this.head.children[place.column], place.cell.parentElement.firstElementChild] : [];
    this.hovered.forEach(one => one.classList.add("hot"));
  }

  move(rows, columns) {
    this.goto(this.active.row + rows, this.active.column + columns);
  }

  goto(row, column) {
    const [index, place] = [Math.max(0, Math.min(this.rows.length - 1, row)), Math.max(0, Math.min(COLUMNS, column))];
    this.active = {key: this.rows[index]?.key ?? "", row: index, column: place};
    const [from, height] = [this.scroller.scrollTop, this.scroller.clientHeight - this.body.offsetTop];
    if (index * HEIGHT < from) this.scroller.scrollTop = index * HEIGHT;
    else if ((index + 1) * HEIGHT > from + height) this.scroller.scrollTop = (index + 1) * HEIGHT - height;
    this.draw();
    this.tabbed?.focus({preventScroll: true});
    if (place) this.tabbed?.scrollIntoView({block: "nearest", inline: "nearest"});
  }

  press(event) {
    const row = this.rows[this.active.row];
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const {column} = this.active;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / HEIGHT) - 3);
    const moves = {
      ArrowUp: () => this.move(-1, 0), ArrowDown: () => this.move(1, 0), PageUp: () => this.move(-page, 0), PageDown: () => this.move(page, 0),
      ArrowLeft: () => column ? this.move(0, -1) : row.isOpen && this.acts.fold(row), ArrowRight: () => column || row.isOpen || row.kind === "channel" ? this.move(0, 1) : this.acts.fold(row),
      Home: () => this.goto(this.active.row, 0), End: () => this.goto(this.active.row, COLUMNS),
      Enter: () => this.act(row, column), " ": () => this.act(row, column), Delete: () => this.acts.part(row, column), Backspace: () => this.acts.part(row, column),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  act(row, column) {
    if (!column || row.kind === "group") this.acts.fold(row);
    else this.acts.toggle(row, column);
  }
}

/** Name, note and level of a row. */
function headOf(row) {
  if (row.kind === "group") return [`${row.isOpen ? "▾" : "▸"} ${row.group}`, plural(row.members.length, "stream"), ""];
  if (row.kind === "channel") return [row.stream.names[row.index] || `Channel ${row.index + 1}`, row.stream.names[row.index] ? String(row.index + 1) : "", ""];
  const {stream} = row;
  return [`${row.isOpen ? "▾" : "▸"} ${stream.name}`, stream.refusal ? "not receivable" : `${stream.channels} ch`, stream.refusal ? "warn" : stream.id === null ? "" : stream.level];
}

// SPDX-License-Identifier: MIT
// The mouse on the grid: a click changes one crossing, a drag changes a diagonal of several.
import {COLUMNS} from "./grid.js";

/** @param act called with row, column and length of the diagonal: 1 for a click. */
export function draggable(grid, act) {
  let start = null;
  let length = 1;
  let marked = [];

  function mark(cells) {
    marked.forEach(cell => cell.classList.remove("drawn"));
    marked = cells;
    marked.forEach(cell => cell.classList.add("drawn"));
  }

  /** The crossings of a run from the start: along the row of a stream, or down the rows of its channels. */
  function cellsOf(place) {
    const isStream = start.row.kind === "stream";
    const across = place.column - start.column + 1;
    const down = place.row.stream === start.row.stream ? place.index - start.index + 1 : across;
    const most = isStream ? start.row.stream.channels : start.row.stream.channels - start.row.index;
    length = Math.max(1, Math.min(isStream ? across : Math.min(across, down), most, COLUMNS - start.column + 1));
    return Array.from({length}, (_, step) => {
      const line = isStream ? start.line : grid.kept.get(grid.rows[start.index + step]?.key);
      return line?.cells[start.column + step - 1];
    }).filter(Boolean);
  }

  grid.body.addEventListener("pointerdown", event => {
    const place = event.button === 0 && grid.placeOf(event.target);
    if (!place) return;
    if (!place.column || place.row.kind === "group") return;
    start = {...place, line: place.cell.parentElement.line};
    length = 1;
    mark([place.cell]);
  });
  grid.body.addEventListener("pointermove", event => {
    if (!start) return;
    const place = grid.placeOf(document.elementFromPoint(event.clientX, event.clientY) ?? event.target);
    if (place?.column && place.row.kind !== "group") mark(cellsOf(place));
  });
  const {signal} = grid.listening;
  addEventListener("pointercancel", () => [start = null, mark([])], {signal});
  addEventListener("pointerup", () => {
    if (!start) return;
    const {row, column} = start;
    start = null;
    mark([]);
    grid.goto(grid.rows.findIndex(one => one.key === row.key), column);
    act(row, column, length);
  }, {signal});
  grid.body.addEventListener("click", event => {
    const place = grid.placeOf(event.target);
    if (place && (!place.column || place.row.kind === "group")) {
      grid.goto(place.index, place.column);
      grid.acts.fold(place.row);
    }
  });
}

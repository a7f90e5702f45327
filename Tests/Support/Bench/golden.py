# SPDX-License-Identifier: MIT
"""Golden tables: figures, in text files of this directory, that no change may exceed by more than a tolerance.

Lower values are no fault; `scripts/bench.sh --write counts` makes them the new figures.
"""

TOLERANCE = 0.03
DIGITS = 4


def row_name(direction, packet_time, streams):
    return f"{direction} {packet_time} {streams} stream{'s' if streams > 1 else ''}"


class Table:
    """Figures by row and column: a line `# CONDITIONS`, a line of column names, and a line for each row that begins with its name."""

    def __init__(self, file, columns):
        self.file, self.columns = file, columns
        self.conditions, self.figures = "", {}
        for line in file.read_text().splitlines() if file.exists() else []:
            words = line.split()
            if line.startswith("# "):
                self.conditions = line[2:]
            elif line[0] != " ":
                self.figures[" ".join(words[:-len(columns)])] = [float(word) for word in words[-len(columns):]]

    def head(self):
        return f"{'':<28}" + "".join(f"{column:>14}" for column in self.columns)

    @staticmethod
    def line(row, values):
        return f"{row:<28}" + "".join(f"{value:14.{DIGITS}f}" for value in values)

    def excesses(self, rows):
        """Returns the values that exceed their figures, as text; `rows` has the values by row."""
        found = []
        for row, values in rows.items():
            figures = self.figures.get(row)
            if figures is None:
                found.append(f"{row}: {self.file.name} has no figures for it")
                continue
            found += [f"{row}: {value:.{DIGITS}f} {column}, {figure:.{DIGITS}f} in {self.file.name}"
                      for column, figure, value in zip(self.columns, figures, values)
                      if round(value, DIGITS) > figure * (1 + TOLERANCE)]
        return found

    def write(self, rows, conditions):
        """Writes the values of `rows` as the new figures."""
        lines = [f"# {conditions}", self.head(), *(self.line(row, values) for row, values in rows.items())]
        self.file.write_text("\n".join(lines) + "\n")
        self.__init__(self.file, self.columns)

# SPDX-License-Identifier: MIT
"""Golden tables: figures that no change may exceed by more than a tolerance, in text files beside the benchmarks.

To do less is no fault; `scripts/bench.sh --write counts` makes the gain the new figure.
"""

TOLERANCE = 0.03
DIGITS = 4


def row_name(direction, packet_time, streams):
    return f"{direction} {packet_time} {streams} stream{'s' if streams > 1 else ''}"


class Table:
    """Figures by row and column: `# CONDITIONS`, a line of the columns' names, and a line for each row, its name first."""

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
        """What is over its figure, in words; `rows` has the values by the rows' names."""
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
        """Makes the values of `rows` the figures from now on."""
        lines = [f"# {conditions}", self.head(), *(self.line(row, values) for row, values in rows.items())]
        self.file.write_text("\n".join(lines) + "\n")
        self.__init__(self.file, self.columns)

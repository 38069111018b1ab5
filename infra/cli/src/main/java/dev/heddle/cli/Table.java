package dev.heddle.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows under a heading, each column as wide as its widest cell; the last is never padded. */
final class Table {

  private final List<List<String>> rows = new ArrayList<>();
  private final Map<Integer, String> alarms = new HashMap<>();

  Table(String... heading) {
    rows.add(List.of(heading));
  }

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** Shows the cells of a column, from 0, in red that say this. */
  void alarm(int column, String text) {
    alarms.put(column, text);
  }

  void print(Terminal terminal) {
    int columns = rows.getFirst().size();
    int[] width = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        width[column] = Math.max(width[column], row.get(column).length());
      }
    }
    for (int index = 0; index < rows.size(); index++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = rows.get(index).get(column);
        line.append(
            index > 0 && cell.equals(alarms.get(column))
                ? terminal.style(Terminal.Style.RED, cell)
                : cell);
        if (column < columns - 1) {
          line.repeat(' ', width[column] - cell.length() + 2);
        }
      }
      String text = line.toString().stripTrailing();
      terminal.line(index == 0 ? terminal.style(Terminal.Style.DIM, text) : text);
    }
  }
}

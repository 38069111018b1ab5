package dev.heddle.cli;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists of things, as a table or as one document. */
final class Lists {

  private static final int LONGEST_CELL = 60;
  private static final int LONGEST_VALUE = 4_000;

  /**
   * One column.
   *
   * @param path where the value is in an item, fields joined by dots
   * @param alarm the value that is shown in red; null for none
   */
  record Column(String heading, String path, @Nullable String alarm) {

    /** One without a value that would alarm anybody. */
    Column(String heading, String path) {
      this(heading, path, null);
    }
  }

  /** What engines may do without asking; {@code full} is nothing to be overlooked. */
  static final Column PERMISSION = new Column("PERMISSION", "permission", "full");

  private Lists() {}

  static int print(Context context, OutputOptions output, List<JsonNode> items, Column... columns) {
    if (output.json) {
      ObjectNode document = Gateway.JSON.createObjectNode();
      ArrayNode array = document.putArray("items");
      items.forEach(array::add);
      output.print(context.terminal(), document);
      return ExitCode.OK;
    }
    String[] cells = new String[columns.length];
    for (int index = 0; index < columns.length; index++) {
      cells[index] = columns[index].heading();
    }
    Table table = new Table(cells.clone());
    for (int index = 0; index < columns.length; index++) {
      String alarm = columns[index].alarm();
      if (alarm != null) {
        table.alarm(index, alarm);
      }
    }
    for (JsonNode item : items) {
      for (int index = 0; index < columns.length; index++) {
        cells[index] = cell(item, columns[index].path());
      }
      table.row(cells.clone());
    }
    table.print(context.terminal());
    return ExitCode.OK;
  }

  /**
   * Everything that is known of one thing: a field a line.
   *
   * @param opened names objects whose fields are shown as those of the thing itself
   */
  static int show(Context context, OutputOptions output, JsonNode item, String... opened) {
    if (output.json) {
      output.print(context.terminal(), item);
      return ExitCode.OK;
    }
    Table table = new Table("FIELD", "VALUE");
    fields(table, item, Set.of(opened));
    for (String name : opened) {
      fields(table, item.path(name), Set.of());
    }
    table.print(context.terminal());
    return ExitCode.OK;
  }

  private static void fields(Table table, JsonNode item, Set<String> but) {
    item.properties()
        .forEach(field -> {
          if (!but.contains(field.getKey())) {
            JsonNode value = field.getValue();
            String text = value.isValueNode() ? value.asString("-") : value.toString();
            table.row(
                field.getKey(),
                Timeline.printable(
                    text.length() <= LONGEST_VALUE
                        ? text
                        : text.substring(0, LONGEST_VALUE) + "… (--json shows all)"));
          }
        });
  }

  private static String cell(JsonNode item, String path) {
    JsonNode node = item;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    String text =
        node.isMissingNode() || node.isNull()
            ? "-"
            : node.isArray() || node.isObject() ? compact(node) : node.asString("");
    String line = Timeline.printable(text).replace('\n', ' ').replace('\t', ' ');
    return line.length() <= LONGEST_CELL ? line : line.substring(0, LONGEST_CELL - 1) + "…";
  }

  private static String compact(JsonNode node) {
    StringBuilder text = new StringBuilder();
    if (node.isArray()) {
      for (JsonNode element : node) {
        text.append(text.isEmpty() ? "" : ",")
            .append(element.isObject() ? element.path("name").asString("?") : element.asString(""));
      }
    } else {
      node.properties()
          .forEach(entry ->
              text.append(text.isEmpty() ? "" : ",")
                  .append(entry.getKey())
                  .append('=')
                  .append(entry.getValue().asString("")));
    }
    return text.isEmpty() ? "-" : text.toString();
  }
}

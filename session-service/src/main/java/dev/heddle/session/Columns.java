package dev.heddle.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.messaging.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How values are written to columns and read from them, where the driver needs a word. */
public final class Columns {

  private Columns() {}

  /** A moment as the driver takes it. */
  public static @Nullable OffsetDateTime time(@Nullable Instant at) {
    return at == null ? null : at.atOffset(ZoneOffset.UTC);
  }

  /** A moment that is there. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(instantOrNull(row, column), column);
  }

  /** A moment, or null. */
  public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  /** A text that is there. */
  public static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getString(column), column);
  }

  /** An id that is there. */
  public static UUID uuid(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getObject(column, UUID.class), column);
  }

  /** An id, or null. */
  public static @Nullable UUID uuidOrNull(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  /** A number, or null. */
  public static @Nullable Integer integerOrNull(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  /** Many ids or names as one parameter, for {@code = any (cast(:x as uuid[]))}. */
  public static String[] array(Collection<?> values) {
    return values.stream().map(Object::toString).sorted().toArray(String[]::new);
  }

  /** An enum constant by its form on the wire. */
  public static <E extends Enum<E>> E constant(Class<E> type, String wire) {
    return Enum.valueOf(type, wire.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Labels that {@link #labels(Map)} wrote. */
  public static Map<String, String> labels(ResultSet row, String column) throws SQLException {
    return Json.read(text(row, column).getBytes(StandardCharsets.UTF_8), Labels.class).values();
  }

  /** Labels as JSON. */
  public static String labels(Map<String, String> labels) {
    return Json.string(labels);
  }

  private record Labels(@JsonValue Map<String, String> values) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Labels {}
  }
}

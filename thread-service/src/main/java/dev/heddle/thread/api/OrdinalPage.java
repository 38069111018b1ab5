package dev.heddle.thread.api;

import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Pages of what has an ordinal in its thread. */
final class OrdinalPage {

  private OrdinalPage() {}

  /**
   * One page of a list.
   *
   * @param rows those behind an ordinal, and how many
   */
  static <R, V> Page<V> of(
      @Nullable String cursor,
      int limit,
      BiFunction<Integer, Integer, List<R>> rows,
      Function<R, V> view,
      ToIntFunction<R> ordinal) {
    return of(cursor, 0, limit, rows, page -> page.stream().map(view).toList(), ordinal);
  }

  /**
   * As the other, for views that are made of a whole page.
   *
   * @param start the ordinal behind which the first page begins
   */
  static <R, V> Page<V> of(
      @Nullable String cursor,
      int start,
      int limit,
      BiFunction<Integer, Integer, List<R>> rows,
      Function<List<R>, List<V>> views,
      ToIntFunction<R> ordinal) {
    List<R> found = rows.apply(cursor == null ? start : ordinalOf(cursor), limit + 1);
    List<R> shown = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? Cursor.encode(ordinal.applyAsInt(shown.getLast())) : null;
    return new Page<>(views.apply(shown), next);
  }

  private static int ordinalOf(String cursor) {
    try {
      return Integer.parseInt(Cursor.decode(cursor, 1).getFirst());
    } catch (NumberFormatException foreign) {
      throw ThreadList.foreignCursor();
    }
  }
}

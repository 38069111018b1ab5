package dev.heddle.trace.ingest;

import dev.heddle.trace.sql.Rows;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcOperations;

/** How far the log is stored, in the same database as what it became. */
final class Offsets {

  private final JdbcOperations jdbc;

  Offsets(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** The next offset of each partition; where none is stored, the given one is from now on. */
  Map<Integer, Long> begin(int epoch, Map<Integer, Long> earliest) {
    var rows = new Rows("int", "int", "bigint");
    earliest.forEach((partition, offset) -> rows.add(epoch, partition, offset));
    if (rows.isEmpty()) {
      return Map.of();
    }
    rows.update(
        jdbc,
        """
        insert into ingest_offset (epoch, topic_partition, next_offset)
        select * from unnest(:rows) on conflict do nothing
        """);
    return load(epoch, earliest.keySet());
  }

  Map<Integer, Long> load(int epoch, Set<Integer> partitions) {
    Map<Integer, Long> next = new HashMap<>();
    jdbc.query(
        "select topic_partition, next_offset from ingest_offset where epoch = ?",
        row -> {
          if (partitions.contains(row.getInt(1))) {
            next.put(row.getInt(1), row.getLong(2));
          }
        },
        epoch);
    return next;
  }

  /**
   * Advances to the end of each slice where its beginning is what is stored, and holds those rows
   * until the transaction ends.
   *
   * @return the slices that are ours to store
   */
  List<Slice> advance(int epoch, Collection<Slice> slices) {
    var rows = new Rows("int", "int", "bigint", "bigint");
    slices.forEach(slice -> rows.add(epoch, slice.partition(), slice.expected(), slice.next()));
    // In one order, so that two instances that both believe to own them do not deadlock.
    Set<Integer> advanced =
        rows
            .query(
                jdbc,
                """
                with held as (
                  select o.epoch, o.topic_partition, u.next_offset
                  from ingest_offset o join unnest(:rows)
                    as u(epoch, topic_partition, expected, next_offset)
                    using (epoch, topic_partition)
                  where o.next_offset = u.expected
                  order by o.topic_partition for update of o)
                update ingest_offset o set next_offset = held.next_offset from held
                where o.epoch = held.epoch and o.topic_partition = held.topic_partition
                returning o.topic_partition
                """,
                row -> row.getInt(1))
            .stream()
            .collect(Collectors.toSet());
    return slices.stream().filter(slice -> advanced.contains(slice.partition())).toList();
  }

  /** Moves on where the log itself no longer has what comes next. */
  boolean move(int epoch, int partition, long expected, long next) {
    return jdbc.update(
            """
            update ingest_offset set next_offset = ?
            where epoch = ? and topic_partition = ? and next_offset = ?
            """,
            next,
            epoch,
            partition,
            expected)
        == 1;
  }
}

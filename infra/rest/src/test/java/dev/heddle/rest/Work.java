package dev.heddle.rest;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** Something to write while idempotency is looked at. */
@Entity
@Table(name = "work")
class Work {
  @Id private String id = "";
  @Version private @Nullable Long version;

  Work() {}

  Work(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }
}

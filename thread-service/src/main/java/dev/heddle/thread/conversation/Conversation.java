package dev.heddle.thread.conversation;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.budget.Budget;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The stable part of a thread. Its version is the thread's ETag, which no run changes. */
@Entity
@Table(name = "thread")
public class Conversation {

  @Id private UUID id;

  @Version
  @Column(nullable = false)
  private long version = 1;

  @Column(nullable = false, updatable = false)
  private UUID projectId;

  @Column(nullable = false)
  private String title;

  @Column(nullable = false)
  private boolean titleCustom;

  @Column(nullable = false)
  private boolean archived;

  @Column(nullable = false)
  private boolean pinned;

  @Embedded private TurnSettings settings;

  @Embedded @Column private @Nullable Budget budget;

  @Column(nullable = false, updatable = false)
  private String createdBy;

  @Column(nullable = false, updatable = false)
  private Instant createdAt;

  @Column(nullable = false)
  private Instant updatedAt;

  /** For Hibernate, which fills the fields itself. */
  protected Conversation() {}

  /** A new thread, neither archived nor pinned. */
  public Conversation(
      ThreadId id,
      ProjectId project,
      Title title,
      TurnSettings settings,
      String createdBy,
      Instant now) {
    this.id = id.value();
    this.projectId = project.value();
    this.title = title.text();
    this.titleCustom = title.custom();
    this.settings = settings;
    this.createdBy = createdBy;
    this.createdAt = now;
    this.updatedAt = now;
  }

  public ThreadId id() {
    return new ThreadId(id);
  }

  public long version() {
    return version;
  }

  public ProjectId project() {
    return new ProjectId(projectId);
  }

  public Title title() {
    return new Title(title, titleCustom);
  }

  public boolean isArchived() {
    return archived;
  }

  public boolean isPinned() {
    return pinned;
  }

  public TurnSettings settings() {
    return settings;
  }

  /** What it may spend, with all that it delegates; null for no limit. */
  public @Nullable Budget budget() {
    return budget;
  }

  /** The stable part as the feed tells it; flushed before, for its version. */
  public ThreadChange.Settings told() {
    return new ThreadChange.Settings(
        version,
        title,
        titleCustom,
        archived,
        pinned,
        settings.engineSpec(),
        new ThreadChange.Placement(settings.pool(), settings.machine(), settings.labels()),
        updatedAt,
        budget == null ? null : budget.told());
  }

  public String createdBy() {
    return createdBy;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public Instant updatedAt() {
    return updatedAt;
  }

  public void rename(Title wanted, Instant now) {
    if (!wanted.equals(title())) {
      title = wanted.text();
      titleCustom = wanted.custom();
      updatedAt = now;
    }
  }

  public void archive(boolean wanted, Instant now) {
    if (wanted != archived) {
      archived = wanted;
      updatedAt = now;
    }
  }

  public void pin(boolean wanted, Instant now) {
    if (wanted != pinned) {
      pinned = wanted;
      updatedAt = now;
    }
  }

  /** Sets what it may spend; null for no limit. */
  public void limit(@Nullable Budget wanted, Instant now) {
    if (!Objects.equals(wanted, budget)) {
      budget = wanted;
      updatedAt = now;
    }
  }

  /** Sets what the next turn runs with. */
  public void prepare(TurnSettings wanted, Instant now) {
    if (!wanted.equals(settings)) {
      settings = wanted;
      updatedAt = now;
    }
  }
}

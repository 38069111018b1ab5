package dev.heddle.rest;

import jakarta.persistence.EntityManager;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.ObjectOptimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A service with everything that can go wrong. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Work.class)
@Import(SmallService.Things.class)
class SmallService {

  enum Color {
    RED,
    @com.fasterxml.jackson.annotation.JsonProperty("dark-blue")
    DARK_BLUE
  }

  enum ThingError implements ErrorCode {
    THING_ARCHIVED;

    @Override
    public Meaning meaning() {
      return new Meaning(HttpStatus.CONFLICT, "The thing is archived");
    }
  }

  @Bean
  LargerBody largeThings() {
    return new LargerBody("/large", DataSize.ofKilobytes(20));
  }

  record Part(@NotBlank String name) {}

  record Even(int value) {
    Even {
      if (value % 2 != 0) {
        throw new IllegalArgumentException("must be even, is " + value);
      }
    }
  }

  record Thing(
      @NotBlank @Size(max = 5) String name,
      @Max(9) @Nullable Integer count,
      @Nullable Color color,
      @Nullable Instant at,
      @Nullable UUID ref,
      @Nullable Boolean open,
      @Nullable Even even,
      @Nullable List<@Valid Part> parts) {}

  record Made(String id) {}

  @RestController
  static class Things {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final EntityManager entities;
    private final Idempotency idempotency;

    Things(
        JdbcTemplate jdbc,
        TransactionTemplate transactions,
        EntityManager entities,
        Idempotency idempotency) {
      this.jdbc = jdbc;
      this.transactions = transactions;
      this.entities = entities;
      this.idempotency = idempotency;
    }

    @PostMapping(
        path = {"/things", "/things/{id}/again"},
        consumes = MediaType.APPLICATION_JSON_VALUE)
    Made make(
        @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
        @Valid @RequestBody Thing thing) {
      return idempotency.once(
          key, "ada", thing, Made.class, () -> new Made(UUID.randomUUID().toString()));
    }

    @GetMapping(path = "/things", produces = MediaType.APPLICATION_JSON_VALUE)
    Made list(
        @RequestParam int page,
        @RequestParam(required = false) @Nullable Color color,
        @RequestParam(required = false) @Nullable UUID ref,
        @RequestParam(required = false) @Nullable @Max(50) Integer limit,
        @RequestParam(required = false) @Nullable List<@NotEmpty String> tag) {
      return new Made("page " + page);
    }

    @GetMapping("/header")
    String header(@RequestHeader("If-Match") String version) {
      return version;
    }

    @GetMapping("/fails/{how}")
    String fail(@PathVariable String how) throws Exception {
      switch (how) {
        case "problem" ->
            throw new ProblemException(
                    SmallService.ThingError.THING_ARCHIVED, "Unarchive t1 first.")
                .with("thing", "t1")
                .retryAfter(Duration.ofMillis(1_200));
        case "wrapped" ->
            throw new IllegalStateException(
                new ProblemException(
                    SmallService.ThingError.THING_ARCHIVED, "Unarchive t1 first."));
        case "version" -> throw new ObjectOptimisticLockingFailureException("secret.Entity", "id");
        case "jpa-version" ->
            throw new jakarta.persistence.OptimisticLockException("secret.Entity");
        case "database" ->
            throw new DataAccessResourceFailureException(
                "secret host", new SQLException("secret", "08001"));
        case "unexpected" -> throw new IllegalStateException("secret password");
        case "error" -> throw new StackOverflowError("secret");
        case "nested-framework" ->
            throw new IllegalStateException(
                new org.springframework.web.bind.MissingServletRequestParameterException(
                    "secret", "text"));
        default -> throw new IllegalArgumentException(how);
      }
    }

    @GetMapping("/duplicate")
    void duplicate() {
      transactions.executeWithoutResult(status -> {
        String id = UUID.randomUUID().toString();
        jdbc.update("INSERT INTO work (id, version) VALUES (?, 0)", id);
        jdbc.update("INSERT INTO work (id, version) VALUES (?, 0)", id);
      });
    }

    @GetMapping("/stale")
    void stale() {
      String id = UUID.randomUUID().toString();
      jdbc.update("INSERT INTO work (id, version) VALUES (?, 0)", id);
      transactions.executeWithoutResult(status -> {
        Work work = entities.find(Work.class, id);
        jdbc.update("UPDATE work SET version = 1 WHERE id = ?", id);
        entities.remove(work);
      });
    }

    @GetMapping("/killed")
    void killed() {
      transactions.executeWithoutResult(status -> {
        Integer pid = jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);
        dev.heddle.testkit.TestPostgres.execute(
            "postgres", "SELECT pg_terminate_backend(" + pid + ")");
        jdbc.queryForObject("SELECT 1", Integer.class);
      });
    }
  }
}

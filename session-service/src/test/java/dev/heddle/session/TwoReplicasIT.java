package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;

class TwoReplicasIT extends ServiceIT {

  @Autowired Environment environment;

  private ConfigurableApplicationContext secondReplica() {
    return new SpringApplicationBuilder(SessionServiceApplication.class)
        .initializers((GenericApplicationContext context) -> {
          context.registerBean(Clock.class, () -> clock);
          context.registerBean(Ticker.class, () -> ticker);
        })
        .run(
            "--server.port=0",
            option("spring.datasource.url"),
            option("spring.datasource.username"),
            option("spring.datasource.password"),
            option("spring.flyway.default-schema"),
            option("spring.kafka.bootstrap-servers"),
            option("heddle.security.gateway-public-key"));
  }

  private String option(String key) {
    return "--" + key + "=" + environment.getRequiredProperty(key);
  }

  private int count(String query, String pool) {
    return sql.sql(query).param("pool", pool).query(Integer.class).single();
  }

  @Test
  void twoReplicasReleaseNoMoreThanTheSlotsAndOneGoesOnAlone() {
    String pool = fresh("pool");
    List<FakeWorker> workers = List.of(online(pool, 2), online(pool, 2));
    ProjectRef project = project();
    Set<UUID> claimed = new HashSet<>();
    Set<UUID> finished = new HashSet<>();
    int[] most = {0};
    ConfigurableApplicationContext second = secondReplica();
    try {
      for (int i = 0; i < 60; i++) {
        submit(run(project, pool));
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            most[0] =
                Math.max(
                    most[0],
                    count(
                        """
                        select (select count(*) from slot where pool = :pool)
                             + (select count(*) from offer where pool = :pool)
                        """,
                        pool));
            for (SessionOffered offer : wire.offersTo(pool)) {
              if (claimed.add(offer.offerId().value())) {
                workers.get(claimed.size() % 2).claim(offer);
              }
            }
            for (FakeWorker worker : workers) {
              for (ClaimGranted run : wire.toldTo(worker.machine, ClaimGranted.class)) {
                if (finished.add(run.claimId().value())) {
                  worker.start(run);
                  worker.complete(run);
                }
              }
            }
            int done =
                count(
                    """
                    select count(*) from session
                    where pool = :pool and finished_at is not null
                    """,
                    pool);
            if (done >= 30 && second.isActive()) {
              second.close();
            }
            return done == 60;
          });
    } finally {
      second.close();
    }
    assertThat(most[0]).isLessThanOrEqualTo(4);
    assertThat(
            count(
                """
                select count(*) from session
                where pool = :pool and status = 'completed' and attempt = 1
                """,
                pool))
        .isEqualTo(60);
  }
}

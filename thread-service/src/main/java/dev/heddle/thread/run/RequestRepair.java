package dev.heddle.thread.run;

import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Sends again what a crash or a parked record left without an answer. */
@Component
@EnableConfigurationProperties(RepairProperties.class)
class RequestRepair {

  private static final Logger log = LoggerFactory.getLogger(RequestRepair.class);

  private final SessionRequests requests;
  private final RepairProperties properties;
  private final Clock clock;

  RequestRepair(SessionRequests requests, RepairProperties properties, Clock clock) {
    this.requests = requests;
    this.properties = properties;
    this.clock = clock;
  }

  @Scheduled(fixedDelayString = "${heddle.thread.repair.every:5s}")
  void sweep() {
    Instant now = clock.instant();
    int asked = requests.askAgain(now.minus(properties.unansweredAfter()), now, properties.batch());
    if (asked > 0) {
      log.atWarn().addKeyValue("requests", asked).log("unanswered requests were sent again");
    }
  }
}

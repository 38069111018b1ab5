package dev.heddle.thread.run;

import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Sends again what a crash or a parked record left without an answer. */
@Component
@EnableConfigurationProperties(RepairProperties.class)
class RequestRepair {

  private final SessionRequests requests;
  private final SessionCommands commands;
  private final Clock clock;

  RequestRepair(SessionRequests requests, SessionCommands commands, Clock clock) {
    this.requests = requests;
    this.commands = commands;
    this.clock = clock;
  }

  @Scheduled(fixedDelayString = "${heddle.thread.repair.every:5s}")
  void sweep() {
    requests.askAgain(clock.instant());
    commands.askAgain(clock.instant());
  }
}

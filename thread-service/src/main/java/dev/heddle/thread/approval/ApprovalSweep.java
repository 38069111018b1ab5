package dev.heddle.thread.approval;

import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ends approvals whose time is over: time has no signal of its own. */
@Component
@EnableConfigurationProperties(ApprovalProperties.class)
class ApprovalSweep {

  private final Approvals approvals;
  private final ApprovalCommands commands;
  private final ApprovalProperties properties;
  private final Clock clock;

  ApprovalSweep(
      Approvals approvals, ApprovalCommands commands, ApprovalProperties properties, Clock clock) {
    this.approvals = approvals;
    this.commands = commands;
    this.properties = properties;
    this.clock = clock;
  }

  @Scheduled(fixedDelayString = "${heddle.thread.approval.every:5s}")
  void sweep() {
    approvals.overdue(clock.instant(), properties.batch()).forEach(commands::expire);
  }
}

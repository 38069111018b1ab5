package dev.heddle.session.command;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ends what no worker answers: time has no signal of its own. */
@Component
class CommandSweep {

  private final RunCommands commands;

  CommandSweep(RunCommands commands) {
    this.commands = commands;
  }

  @Scheduled(fixedDelayString = "${heddle.session.command.sweep:5s}")
  void sweep() {
    commands.expireOverdue();
  }
}

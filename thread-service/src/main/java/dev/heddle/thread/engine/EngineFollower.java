package dev.heddle.thread.engine;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps what runs report of their engines. */
@Component
class EngineFollower implements FactFollower {

  private static final Logger log = LoggerFactory.getLogger(EngineFollower.class);

  private final EngineStates states;

  EngineFollower(EngineStates states) {
    this.states = states;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    String engine = change.session().engine();
    MachineId machine = change.session().machine();
    if (change.fact() instanceof SessionFact.EngineStateReported reported
        && reported.state() != null) {
      if (!states.keep(
          run.thread(), engine, reported.state(), change.sessionId(), machine, change.at())) {
        log.atWarn().addKeyValue("engine", engine).log("state of an engine is too large, dropped");
      }
    } else if (change.fact() instanceof SessionFact.EngineStarted) {
      states.taken(change.sessionId(), run.thread(), engine, machine);
    } else if (change.fact() instanceof SessionFact.AttemptEnded ended
        && ended.exitCode() != null) {
      states.exited(run.thread(), engine, ended.exitCode(), change.at());
    }
  }
}

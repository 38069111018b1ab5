package dev.heddle.worker;

import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.ScriptedEngine;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The worker as it is, with two scripted engines beside those that its settings name: what
 * end-to-end tests start as a process from the worker's jar and these classes. So nothing in the
 * product loads an engine that is not its own.
 */
public final class ScriptedWorker {

  private ScriptedWorker() {}

  public static void main(String[] arguments) {
    SpringApplication application = new SpringApplication(WorkerApplication.class);
    application.addInitializers(context -> {
      for (String name : List.of(ScriptedEngine.NAME, ScriptedEngine.NAME + "-too")) {
        ((GenericApplicationContext) context)
            .registerBean(name, Engine.class, () -> new ScriptedEngine(name));
      }
    });
    application.run(arguments);
  }
}

package dev.heddle.worker;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Notices a second SIGTERM or SIGINT while the worker is leaving. The JVM itself ignores it then.
 * The one class that can tell, {@code sun.misc.Signal}, is exported by the JDK but warned of by the
 * compiler, so it is reached by reflection; where it is missing, only the time-out ends the wait.
 */
@Component
class StopSignals {

  private static final Logger log = LoggerFactory.getLogger(StopSignals.class);

  /** Waits until all is over, the limit has passed, or a signal came; true if all is over. */
  boolean awaitUnlessRepeated(CompletableFuture<Void> over, Duration limit)
      throws InterruptedException {
    CompletableFuture<Void> repeated = new CompletableFuture<>();
    if (!over.isDone()) {
      listen(repeated);
    }
    try {
      CompletableFuture.anyOf(over, repeated).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return over.isDone();
    }
    return over.isDone();
  }

  private static void listen(CompletableFuture<Void> repeated) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler complete =
          (proxy, method, arguments) -> {
            repeated.complete(null);
            return null;
          };
      Object listener =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(), new Class<?>[] {handler}, complete);
      for (String name : new String[] {"TERM", "INT"}) {
        Object subject = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, subject, listener);
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.atDebug().setCause(e).log("a second signal will not be noticed");
    }
  }
}

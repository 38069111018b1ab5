package dev.heddle.thread.dispatch;

import dev.heddle.rest.ProblemException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Counts dispatches by how they were answered: accepted, or the code of their refusal. */
@Component
class DispatchMetrics {

  private final MeterRegistry meters;

  DispatchMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  <T> T count(Supplier<T> dispatch) {
    String result = "error";
    try {
      T answer = dispatch.get();
      result = "accepted";
      return answer;
    } catch (ProblemException refused) {
      result = refused.code().code();
      throw refused;
    } finally {
      meters.counter("heddle.thread.dispatches", "result", result).increment();
    }
  }
}

package dev.heddle.gateway;

import dev.heddle.gateway.Replicas.Replica;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The services behind the gateway, each with its replicas. */
@Component
final class Upstreams {
  private final Replicas threads;
  private final Replicas sessions;
  private final Replicas traces;

  Upstreams(GatewayProperties properties) {
    threads = new Replicas("thread-service", properties.threadsUrl());
    sessions = new Replicas("session-service", properties.sessionsUrl());
    traces = new Replicas("trace-service", properties.tracesUrl());
  }

  Replicas threads() {
    return threads;
  }

  Replicas sessions() {
    return sessions;
  }

  Replicas traces() {
    return traces;
  }

  List<Replica> replicas() {
    return Stream.of(threads, sessions, traces).flatMap(one -> one.all().stream()).toList();
  }
}

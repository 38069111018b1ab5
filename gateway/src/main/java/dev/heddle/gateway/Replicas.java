package dev.heddle.gateway;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The processes that answer for one service. Requests take turns among those that are ready; one
 * that is not is still tried when all others refuse, since the last word on it may be old.
 */
final class Replicas {

  /** One process of a service, and what was last heard of it. */
  static final class Replica {
    private final String service;
    private final URI url;
    // Until it has been asked it counts as ready, so that nothing waits for the first probe.
    private volatile boolean ready = true;

    private Replica(String service, URI url) {
      this.service = service;
      this.url = url;
    }

    String service() {
      return service;
    }

    URI url() {
      return url;
    }

    boolean ready() {
      return ready;
    }

    void ready(boolean now) {
      ready = now;
    }
  }

  private final String service;
  private final List<Replica> all;
  private final AtomicInteger turn = new AtomicInteger();

  Replicas(String service, List<String> urls) {
    this.service = service;
    this.all = urls.stream().map(url -> new Replica(service, URI.create(url))).toList();
  }

  String service() {
    return service;
  }

  List<Replica> all() {
    return all;
  }

  /** In which order a request tries them: whose turn it is first, those not ready last. */
  List<Replica> inTurn() {
    int first = Math.floorMod(turn.getAndIncrement(), all.size());
    List<Replica> order = new ArrayList<>(all.size());
    List<Replica> notReady = new ArrayList<>();
    for (int n = 0; n < all.size(); n++) {
      Replica replica = all.get((first + n) % all.size());
      (replica.ready() ? order : notReady).add(replica);
    }
    order.addAll(notReady);
    return order;
  }
}

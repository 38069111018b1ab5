package dev.heddle.local;

/**
 * The order of an orderly stop: workers first, so that they report what they ended; then what they
 * report to; data last. Parts of one group are stopped together.
 */
enum StopOrder {
  WORKERS("workers"),
  SERVICES("services"),
  KAFKA("kafka"),
  POSTGRESQL("postgresql");

  private final String label;

  StopOrder(String label) {
    this.label = label;
  }

  /** As people see it. */
  String label() {
    return label;
  }

  static StopOrder of(String part) {
    if (part.startsWith("worker-")) {
      return WORKERS;
    }
    return switch (part) {
      case "kafka" -> KAFKA;
      case "postgresql" -> POSTGRESQL;
      default -> SERVICES;
    };
  }
}

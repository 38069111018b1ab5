package dev.heddle.trace.event;

import dev.heddle.trace.log.Entry.Event;

/** An event as clients see it, the same whether it was stored or is live. */
public final class EventJson {

  private EventJson() {}

  /** One JSON object, on one line. */
  public static String of(Event event) {
    var json = new StringBuilder(event.content().json().length() + 256);
    json.append("{\"sessionId\":\"").append(event.id().sessionId()).append('"');
    if (event.threadId() != null) {
      json.append(",\"threadId\":\"").append(event.threadId()).append('"');
    }
    json.append(",\"attempt\":").append(event.id().attempt());
    json.append(",\"seq\":").append(event.id().seq());
    json.append(",\"origin\":\"").append(event.id().origin().wire()).append('"');
    json.append(",\"at\":\"").append(event.at()).append('"');
    if (event.content().cleaned()) {
      json.append(",\"cleaned\":true");
    }
    return json.append(",\"body\":").append(event.content().json()).append('}').toString();
  }
}

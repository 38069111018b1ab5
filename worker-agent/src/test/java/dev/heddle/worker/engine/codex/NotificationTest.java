package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationTest {

  @Test
  void readsAPlan() {
    assertThat(
            read(
                "turn/plan/updated",
                """
                {"threadId":"t","turnId":"u","explanation":null,"plan":[
                  {"step":"one","status":"inProgress"},{"step":"two","status":"pending"}]}
                """))
        .isEqualTo(
            new Notification.PlanUpdated(
                "t",
                null,
                List.of(
                    new Notification.Step("one", "inProgress"),
                    new Notification.Step("two", "pending"))));
  }

  @Test
  void survivesMembersThatItDoesNotKnow() {
    assertThat(
            read(
                "item/agentMessage/delta",
                """
                {"threadId":"t","turnId":"u","itemId":"i","delta":"x","ofTheFuture":{}}
                """))
        .isEqualTo(new Notification.MessageDelta("t", "i", "x"));
  }

  @Test
  void knowsThatItDoesNotKnowAnItem() {
    assertThat(
            read(
                "item/started",
                """
                {"threadId":"t","turnId":"u","item":{"type":"hologram","id":"i","size":3}}
                """))
        .isEqualTo(new Notification.ItemStarted("t", new Item.Other("i", "hologram")));
  }

  @Test
  void isUnknownWhereItHasAnotherForm() {
    assertThat(read("item/started", "{\"threadId\":\"t\",\"item\":7}"))
        .isEqualTo(new Notification.Unknown());
    assertThat(read("item/started", "{\"threadId\":\"t\"}")).isEqualTo(new Notification.Unknown());
    assertThat(read("turn/completed", "{}")).isEqualTo(new Notification.Unknown());
    assertThat(read("hologram/moved", "{}")).isEqualTo(new Notification.Unknown());
  }

  private static Notification read(String method, String params) {
    return Notification.of(method, Wire.MAPPER.readTree(params));
  }
}

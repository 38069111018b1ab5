package dev.heddle.thread.transfer;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.ThreadError;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DocumentTest {

  private static final String DOCUMENT =
      """
      {"format":"heddle.thread","version":1,"exportedAt":"2026-11-21T10:00:00Z",
       "thread":{"id":"0199a2c4-7c10-7abc-8def-0123456789ab","project":"shop","title":"Fix it",
         "titleCustom":false,"archived":false,"pinned":false,
         "settings":{"engine":"command","command":[],"pool":"default","labels":{}},
         "createdBy":"ada","createdAt":"2026-11-21T09:00:00Z","updatedAt":"2026-11-21T09:00:00Z"},
       "run":{"status":"idle","attempt":0,"activeMessageId":%s,
         "lastActivityAt":"2026-11-21T09:00:00Z"},
       "repository":{},
       "messages":[%s],
       "plans":[],"compactions":[],"engines":[],"checkpoints":[],"followUps":[],"approvals":[],
       "transitions":[%s]}
      """;

  private static String id(int n) {
    return "\"0199a2c4-9001-7abc-8def-00000000000%d\"".formatted(n);
  }

  private static String message(int n, String parent) {
    return """
    {"id":"0199a2c4-9001-7abc-8def-00000000000%d","parentId":%s,"role":"user",
     "status":"completed","text":"x","truncated":false,"parts":[],"usageOwn":false,
     "ofService":false,"revision":1,"createdAt":"2026-11-21T09:00:00Z"}
    """
        .formatted(n, parent);
  }

  private static String document(String messages) {
    return DOCUMENT.formatted(id(1), messages, "");
  }

  private static ThreadDocument read(String json) {
    return DocumentReader.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(ThreadError code, String json) {
    assertRefused(code, () -> DocumentRules.check(read(json)));
  }

  @Test
  void aWholeDocumentIsTaken() {
    ThreadDocument read = read(document(message(1, "null") + "," + message(2, id(1))));
    DocumentRules.check(read);
    assertThat(read.messages()).hasSize(2);
    assertThat(read.messages().get(1).parentId()).isEqualTo(read.messages().getFirst().id());
  }

  @Test
  void anotherDocumentIsRefused() {
    refused(ThreadError.UNKNOWN_FORMAT, "{}");
    refused(ThreadError.UNKNOWN_FORMAT, "[]");
    refused(ThreadError.UNKNOWN_FORMAT, "{\"format\":\"zip\",\"version\":1}");
    refused(ThreadError.UNSUPPORTED_VERSION, "{\"format\":\"heddle.thread\",\"version\":2}");
    refused(ThreadError.UNSUPPORTED_VERSION, "{\"format\":\"heddle.thread\"}");
    refused(
        ThreadError.UNSUPPORTED_VERSION,
        "{\"later\":{\"a\":[1]},\"version\":99999999999999999999,\"format\":\"heddle.thread\"}");
  }

  @Test
  void whatIsNotKnownOrMissingIsRefused() {
    String good = document(message(1, "null"));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"pinned\":false", "\"pinned\":\"no\""));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"pinned\":false,", ""));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"plans\":[],", ""));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"plans\":[]", "\"plans\":[null]"));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"pinned\"", "\"evil\":1,\"pinned\""));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"role\":\"user\"", "\"role\":\"root\""));
    refused(ThreadError.INVALID_EXPORT, good.replace("\"role\":\"user\"", "\"role\":1"));
    refused(
        ThreadError.INVALID_EXPORT, good.replace("\"parts\":[]", "\"parts\":[{\"type\":\"x\"}]"));
    refused(ThreadError.INVALID_EXPORT, good.replace("2026-11-21T10:00:00Z", "yesterday"));
    refused(
        ThreadError.INVALID_EXPORT, good.replace("2026-11-21T10:00:00Z", "-9999-11-21T10:00:00Z"));
    refused(ThreadError.INVALID_EXPORT, good.substring(0, good.length() / 2));
    refused(ThreadError.INVALID_EXPORT, good + "{}");
  }

  @Test
  void textThatCannotBeStoredIsRefusedWhereverItStands() {
    String good = document(message(1, "null"));
    refused(ThreadError.INVALID_TEXT, good.replace("\"text\":\"x\"", "\"text\":\"\\u0000\""));
    refused(ThreadError.INVALID_TEXT, good.replace("\"text\":\"x\"", "\"text\":\"\\ud800\""));
    refused(ThreadError.INVALID_TEXT, good.replace("\"shop\"", "\"\\u0000\""));
    refused(
        ThreadError.INVALID_TEXT,
        good.replace("\"parts\":[]", "\"parts\":[{\"type\":\"text\",\"text\":\"a\\u0000b\"}]"));
  }

  @Test
  void aBrokenTreeIsRefused() {
    refused(ThreadError.UNKNOWN_PARENT, document(message(1, "null") + "," + message(2, id(3))));
    refused(ThreadError.MESSAGE_CYCLE, document(message(1, id(1))));
    refused(ThreadError.MESSAGE_CYCLE, document(message(1, id(2)) + "," + message(2, id(1))));
    refused(ThreadError.INVALID_EXPORT, document(message(2, id(1)) + "," + message(1, "null")));
    refused(ThreadError.INVALID_EXPORT, document(message(1, "null") + "," + message(1, "null")));
    refused(ThreadError.INVALID_EXPORT, document(message(2, "null")));
    refused(ThreadError.INVALID_EXPORT, DOCUMENT.formatted("null", message(1, "null"), ""));
  }

  @Test
  void aHistoryThatLeavesOutAStepIsRefused() {
    String step =
        """
        {"from":"%s","to":"%s","cause":"x","by":"ada","sessionVersion":0,
         "at":"2026-11-21T09:00:00Z"}
        """;
    String first = message(1, "null");
    DocumentRules.check(
        read(
            DOCUMENT.formatted(
                id(1),
                first,
                step.formatted("idle", "queued") + "," + step.formatted("queued", "idle"))));
    refused(
        ThreadError.INVALID_EXPORT,
        DOCUMENT.formatted(id(1), first, step.formatted("running", "idle")));
  }

  @Test
  void moreThanCanBeKeptIsRefused() {
    String many = "null,".repeat(DocumentRules.MAX_OTHERS) + "null";
    refused(
        ThreadError.IMPORT_TOO_LARGE,
        document(message(1, "null")).replace("\"plans\":[]", "\"plans\":[" + many + "]"));
  }
}

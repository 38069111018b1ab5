package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.SettingsInput;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A follow-up as clients see it. A setting that is null is that of the turn before it.
 *
 * @param place in the queue, from 1; null unless it is queued
 * @param status where it stands
 * @param sessionId the run as which it was sent; null before
 * @param messageId the message that it became; null before
 * @param returns how often it came back into the queue, since its run could not be started
 * @param version of its text, settings and status; the ETag is made of it
 */
record FollowUpView(
    FollowUpId id,
    ThreadId threadId,
    @Nullable Integer place,
    FollowUpStatus status,
    String text,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    Priority priority,
    @Nullable SessionId sessionId,
    @Nullable MessageId messageId,
    int returns,
    long version,
    String createdBy,
    Instant createdAt) {

  static FollowUpView of(FollowUp followUp, @Nullable Integer place) {
    SettingsInput settings = followUp.said().settings();
    FollowUp.Delivery delivery = followUp.delivery();
    return new FollowUpView(
        followUp.id(),
        followUp.thread(),
        place,
        followUp.status(),
        followUp.said().text(),
        settings.engine(),
        settings.model(),
        settings.mode(),
        settings.effort(),
        settings.command(),
        settings.pool(),
        settings.machine(),
        settings.labels(),
        settings.permission(),
        followUp.said().priority(),
        delivery == null ? null : delivery.session(),
        delivery == null ? null : delivery.message(),
        followUp.returns(),
        followUp.version(),
        followUp.createdBy(),
        followUp.createdAt());
  }
}

package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalId;
import java.util.concurrent.CompletableFuture;

/**
 * Something that an engine has asked.
 *
 * @param ruling completes when a person has decided, or when nobody waits for that any more
 */
public record Asked(ApprovalId id, CompletableFuture<Ruling> ruling) {}

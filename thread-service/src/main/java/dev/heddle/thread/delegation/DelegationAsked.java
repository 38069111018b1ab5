package dev.heddle.thread.delegation;

import dev.heddle.contracts.DelegationId;

/** Said within the transaction that keeps a task which an engine wants delegated. */
record DelegationAsked(DelegationId id) {}

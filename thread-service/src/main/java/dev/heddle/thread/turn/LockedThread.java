package dev.heddle.thread.turn;

import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.run.ThreadRun;

/** A thread whose run and conversation the current transaction has locked, in this order. */
public record LockedThread(ThreadRun run, Conversation conversation, Project project) {}

package dev.heddle.thread.transfer;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;

/**
 * What an import made.
 *
 * @param threadId the thread, which is idle
 * @param project its project's name
 * @param messages on all branches
 * @param heldFollowUps how many wait until somebody lets them go on
 * @param withdrawnApprovals how many were pending, and are decided by nobody now
 */
record ImportedThread(
    ThreadId threadId,
    String project,
    ProjectId projectId,
    int messages,
    int heldFollowUps,
    int withdrawnApprovals) {}

package dev.heddle.thread.project;

import dev.heddle.contracts.ProjectId;

/**
 * Said within the transaction in which a person changes the budget of a project, stored by then.
 */
public record ProjectBudgetChanged(ProjectId project, String by) {}

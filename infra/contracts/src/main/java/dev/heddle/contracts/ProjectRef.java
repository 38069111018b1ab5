package dev.heddle.contracts;

/** A project as others speak of it: its id, and the name that people know it by. */
public record ProjectRef(ProjectId id, String name) {}

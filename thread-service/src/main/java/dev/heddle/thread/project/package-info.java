/** Projects: what threads belong to, where their code comes from and how many may run at once. */
@NullMarked
package dev.heddle.thread.project;

import org.jspecify.annotations.NullMarked;

/** What a thread knows of its repository beyond the branch: checkpoints and the pull request. */
@NullMarked
package dev.heddle.thread.repository;

import org.jspecify.annotations.NullMarked;

/** What sessions need to know of their projects, followed from thread-service. */
@NullMarked
package dev.heddle.session.project;

import org.jspecify.annotations.NullMarked;

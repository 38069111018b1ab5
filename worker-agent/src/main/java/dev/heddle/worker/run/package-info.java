/** The course of one attempt: workspace, engine, report, end. */
@NullMarked
package dev.heddle.worker.run;

import org.jspecify.annotations.NullMarked;

/** The timeline: ingest, transcript and live streams. */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;

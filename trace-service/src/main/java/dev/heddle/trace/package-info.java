/** The timeline: ingest, transcript and live streams of every session. */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;

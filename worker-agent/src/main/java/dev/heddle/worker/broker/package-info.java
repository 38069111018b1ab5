/** Makes the Kafka clients of the worker. */
@NullMarked
package dev.heddle.worker.broker;

import org.jspecify.annotations.NullMarked;

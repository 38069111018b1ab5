/**
 * What engines ask people: approvals and questions in one inbox, and the rules that answer by
 * themselves.
 */
@NullMarked
package dev.heddle.thread.approval;

import org.jspecify.annotations.NullMarked;

/** Heddle's own tools, offered to engines over MCP while their run lasts. */
@NullMarked
package dev.heddle.worker.mcp;

import org.jspecify.annotations.NullMarked;

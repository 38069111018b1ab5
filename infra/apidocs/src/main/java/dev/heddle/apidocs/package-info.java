/** What the descriptions under docs/api are generated with, and compared by. For tests only. */
@NullMarked
package dev.heddle.apidocs;

import org.jspecify.annotations.NullMarked;

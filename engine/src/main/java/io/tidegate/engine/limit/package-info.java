/// How many requests run at a service at a time, and who waits for a turn.
@NullMarked
package io.tidegate.engine.limit;

import org.jspecify.annotations.NullMarked;

/// Copies of requests for a second upstream, and what its answers are compared by.
@NullMarked
package io.tidegate.engine.mirror;

import org.jspecify.annotations.NullMarked;

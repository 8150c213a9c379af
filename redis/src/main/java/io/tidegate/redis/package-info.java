/// Shared state in Redis. Whoever uses it has to reckon with its failing at any time.
@NullMarked
package io.tidegate.redis;

import org.jspecify.annotations.NullMarked;

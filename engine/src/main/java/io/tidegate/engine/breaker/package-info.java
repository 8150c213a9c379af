/// Who is left in peace for a while since too much of what was asked of it failed. Knows nothing of networks.
@NullMarked
package io.tidegate.engine.breaker;

import org.jspecify.annotations.NullMarked;

/// Tests of what the gateway tells of itself.
@NullMarked
package io.tidegate.engine.observe;

import org.jspecify.annotations.NullMarked;

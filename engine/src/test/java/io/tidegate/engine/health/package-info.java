/// Tests of which endpoints are used.
@NullMarked
package io.tidegate.engine.health;

import org.jspecify.annotations.NullMarked;

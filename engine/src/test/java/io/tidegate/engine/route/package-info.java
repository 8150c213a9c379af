/// Tests of the choice of a route.
@NullMarked
package io.tidegate.engine.route;

import org.jspecify.annotations.NullMarked;

/// Tests of the connections to services.
@NullMarked
package io.tidegate.engine.upstream;

import org.jspecify.annotations.NullMarked;

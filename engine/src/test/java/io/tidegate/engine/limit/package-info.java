/// Tests of how much runs at a service.
@NullMarked
package io.tidegate.engine.limit;

import org.jspecify.annotations.NullMarked;

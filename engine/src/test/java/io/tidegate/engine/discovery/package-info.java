/// Tests of sources of endpoints.
@NullMarked
package io.tidegate.engine.discovery;

import org.jspecify.annotations.NullMarked;

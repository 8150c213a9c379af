/// From a configuration to a snapshot; the only room that sees both.
@NullMarked
package io.tidegate.engine.compile;

import org.jspecify.annotations.NullMarked;

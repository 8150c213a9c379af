/// Checks of endpoints: the gateway asks by itself whether they are well.
@NullMarked
package io.tidegate.engine.probe;

import org.jspecify.annotations.NullMarked;

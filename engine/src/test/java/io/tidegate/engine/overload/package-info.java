/// Tests of what is done under overload.
@NullMarked
package io.tidegate.engine.overload;

import org.jspecify.annotations.NullMarked;

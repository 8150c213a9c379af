@NullMarked
package io.tidegate.engine.outbound;

import org.jspecify.annotations.NullMarked;

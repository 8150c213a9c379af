@NullMarked
package io.tidegate.engine.consumer;

import org.jspecify.annotations.NullMarked;

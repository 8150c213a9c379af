/// Tests of the names of services.
@NullMarked
package io.tidegate.engine.names;

import org.jspecify.annotations.NullMarked;

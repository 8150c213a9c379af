/// Tests of sources of endpoints.
@NullMarked
package io.tidegate.control.discovery;

import org.jspecify.annotations.NullMarked;

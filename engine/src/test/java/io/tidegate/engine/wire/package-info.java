/// Tests of HTTP/1.1 on bytes.
@NullMarked
package io.tidegate.engine.wire;

import org.jspecify.annotations.NullMarked;

/// Connections whose bytes are relayed, and the PROXY protocol on both sides.
@NullMarked
package io.tidegate.tests.stream;

import org.jspecify.annotations.NullMarked;

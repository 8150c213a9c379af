/// Bytes between a client and a service, whatever they mean: where they go, and the relay of them.
@NullMarked
package io.tidegate.engine.stream;

import org.jspecify.annotations.NullMarked;

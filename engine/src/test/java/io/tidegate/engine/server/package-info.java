/// Tests of the connections of clients.
@NullMarked
package io.tidegate.engine.server;

import org.jspecify.annotations.NullMarked;

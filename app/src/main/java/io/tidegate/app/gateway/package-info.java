/// A gateway as this process runs it: engine, signals, and the order in which things start and stop.
@NullMarked
package io.tidegate.app.gateway;

import org.jspecify.annotations.NullMarked;

/// The path of a request from its head to its end, and the snapshot it runs against. The only place where faults are
/// handled.
@NullMarked
package io.tidegate.engine.exchange;

import org.jspecify.annotations.NullMarked;

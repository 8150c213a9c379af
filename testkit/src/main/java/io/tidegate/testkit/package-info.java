/// What gateways and policies are tested with: a client and an upstream on plain sockets, which see every byte, and a
/// gateway that runs in the test's own process on a free port.
///
/// Waits end by a condition; what never comes true fails after [Await#GUARD].
@NullMarked
package io.tidegate.testkit;

import org.jspecify.annotations.NullMarked;

package io.tidegate.acme;

import java.time.Duration;

/// How often gateways look what others that share a store do.
///
/// @param poll
///            between two looks for what an authority looks for
/// @param look
///            between two looks at certificates
/// @param settle
///            how long others have to see what an authority will look for
/// @param lease
///            how long nothing may be heard of a gateway that has the lock
/// @param patience
///            how long a store by network may be gone while an order runs
record Timing(Duration poll, Duration look, Duration settle, Duration lease, Duration patience) {

    static final Timing USUAL = new Timing(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMillis(2500),
            Duration.ofMinutes(2), Duration.ofSeconds(15));
}

package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Ratio;
import io.tidegate.api.Shorthand;
import java.time.Duration;

/// What the gateway does when there is more to do than it can.
@Doc("What the gateway does when there is more to do than it can: it sheds requests, those with the least `criticality` first. Short form: `false` to shed none.")
public record OverloadConfig(
        @Doc("Whether it sheds.") @Default("true") boolean enabled,

        @Doc("How late an event loop may be. While it is later than half of it, more and more requests are shed, so that it stays there.") @Default("100ms") Duration lag,

        @Doc("The share of the heap (of its old generation) that is live after a collection at which shedding begins.") @Default("85%") Ratio heap,

        @Doc("The share of the memory for buffers that is taken at which shedding begins.") @Default("85%") Ratio buffers,

        @Doc("The share of either memory at which no request is served any more. Half-way, only critical ones are.") @Default("95%") Ratio stop,

        @Doc("The share of `maxConnections` from which on connections of HTTP/1.1 are closed with their response. No request is shed for want of connections.") @Default("90%") Ratio connections) {

    /// Switches it on, with its defaults, or off.
    @Shorthand
    public static OverloadConfig of(boolean enabled) {
        return new OverloadConfig(enabled, Duration.ofMillis(100), new Ratio(0.85), new Ratio(0.85), new Ratio(0.95),
                new Ratio(0.9));
    }
}

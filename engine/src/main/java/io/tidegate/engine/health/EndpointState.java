package io.tidegate.engine.health;

import io.tidegate.engine.health.EndpointHealth.Past;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How an endpoint is doing at one moment.
///
/// @param endpoint
///            its `host:port`, or `unix:/path`
/// @param usable
///            whether nothing speaks against it
/// @param unhealthy
///            what the last failed check said where checks speak against it; null elsewhere
/// @param ejected
///            why it is left out because of requests; null where it is not
/// @param ejectedForMillis
///            how much longer; 0 where it is not
/// @param draining
///            whether whoever runs the gateway has taken it out
/// @param ejections
///            how often it was left out so far, by reason
/// @param checksPassed
///            good checks so far
/// @param checksFailed
///            bad ones
public record EndpointState(String endpoint, boolean usable, @Nullable String unhealthy, @Nullable String ejected,
        long ejectedForMillis, boolean draining, Map<String, Long> ejections, long checksPassed, long checksFailed) {

    /// Under the lock of its upstream.
    static EndpointState of(EndpointHealth of, long now) {
        Past past = of.past;
        boolean out = of.is(EndpointHealth.EJECTED);
        Ejection reason = past.reason;
        Map<String, Long> ejections = new LinkedHashMap<>();
        Arrays.stream(Ejection.values()).forEach(each -> ejections.put(each.label(), past.ejections[each.ordinal()]));
        return new EndpointState(of.endpoint(), of.isUsable(),
                of.is(EndpointHealth.UNHEALTHY) ? String.valueOf(past.failure) : null,
                out && reason != null ? reason.label() : null,
                out ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(past.until - now)) : 0,
                of.is(EndpointHealth.DRAINING), ejections, past.passed, past.failed);
    }
}

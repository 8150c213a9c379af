package io.tidegate.policies.securityheaders;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// For how long browsers come by https alone (RFC 6797 §6.1).
@Doc("For how long browsers come by https alone, once they were told so over https. `false` leaves the field to the service.")
public record StrictTransportSecurityConfig(
        @Doc("Whether the gateway says it.") @Default("true") boolean enabled,

        @Doc("How long it holds from each response on, in whole seconds. `0s` tells browsers to forget it.") @Default("365d") Duration maxAge,

        @Doc("Whether it holds for every host below this one as well.") @Default("false") boolean includeSubDomains,

        @Doc("Whether the host may be put on the list that browsers are built with. Needs `includeSubDomains` and a `maxAge` of 365d or more. Hard to take back.") @Default("false") boolean preload) {

    /// What hstspreload.org asks for.
    private static final Duration LEAST_TO_PRELOAD = Duration.ofDays(365);
    private static final String NO_LESS = " https://hstspreload.org takes no host with less. Leave 'preload' out where that"
            + " is too much";

    /// Refuses what browsers would not understand, and what no list takes.
    public StrictTransportSecurityConfig {
        if (maxAge.isNegative() || maxAge.toMillisPart() != 0) {
            throw new IllegalArgumentException("'maxAge' must be whole seconds, 0s or more (was " + maxAge + ")");
        }
        if (enabled && preload && !includeSubDomains) {
            throw new IllegalArgumentException(
                    "'preload' needs 'includeSubDomains: true' and a 'maxAge' of 365d or more:"
                            + NO_LESS);
        }
        if (enabled && preload && maxAge.compareTo(LEAST_TO_PRELOAD) < 0) {
            throw new IllegalArgumentException("'preload' needs a 'maxAge' of 365d or more (was " + maxAge.toDays()
                    + "d):" + NO_LESS);
        }
    }

    /// With the defaults, or not at all.
    @Shorthand
    public static StrictTransportSecurityConfig of(boolean enabled) {
        return new StrictTransportSecurityConfig(enabled, LEAST_TO_PRELOAD, false, false);
    }

    /// The field's value, or null where there is none.
    @Nullable
    String value() {
        if (!enabled) {
            return null;
        }
        return "max-age=" + maxAge.toSeconds() + (includeSubDomains ? "; includeSubDomains" : "")
                + (preload ? "; preload" : "");
    }
}

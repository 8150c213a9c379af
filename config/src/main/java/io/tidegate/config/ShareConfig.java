package io.tidegate.config;

import io.tidegate.api.ConditionConfig;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import org.jspecify.annotations.Nullable;

/// What falls to one of several upstreams of a route.
@Doc("What falls to one of several upstreams: a share, and what goes there in any case. The short form is the share.")
public record ShareConfig(
        @Doc("Its share of the requests that no condition has sent anywhere, measured by the sum of all: 0 to 1000000. Left out, beside `when`: none of them.") @Nullable Integer weight,

        @Doc("A condition: a request for which it holds goes there whatever the shares, or to the first in the order of the file where several hold. One that can't be evaluated does not hold.") @Nullable ConditionConfig when) {

    /// Refuses one that nothing falls to for want of a word.
    public ShareConfig {
        if (weight == null && when == null) {
            throw new ConfigException("weight", "is required without 'when'");
        }
    }

    /// Everything, of an upstream that is the only one.
    static final ShareConfig ALL = new ShareConfig(1, null);

    /// Its share of the requests that no condition has sent anywhere.
    public int share() {
        return weight == null ? 0 : weight;
    }

    /// A share alone.
    @Shorthand
    public static ShareConfig of(int weight) {
        return new ShareConfig(weight, null);
    }
}

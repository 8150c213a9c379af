package io.tidegate.engine.upstream;

import io.tidegate.config.LoadBalancingConfig;
import io.tidegate.engine.balance.Balancer;
import io.tidegate.engine.balance.HashRing;
import io.tidegate.engine.worker.Worker;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Endpoints among which one is chosen, one or more. Immutable but for whose turn it is.
final class Group {

    private final Endpoint[] members;
    private final @Nullable Balancer balancer;
    private final @Nullable HashRing ring;

    /// @param weights
    ///            of the members, above 0
    /// @param ring
    ///            who a key belongs to; null where keys mean nothing
    Group(Endpoint[] members, int[] weights, LoadBalancingConfig.Method method, @Nullable HashRing ring, int workers) {
        this.members = members;
        this.ring = ring;
        this.balancer = members.length < 2 ? null : Balancer.of(method, List.of(members), weights, workers);
    }

    /// Chooses one, another than `before` where there is another.
    ///
    /// @param hash
    ///            of the request's key; 0 for none
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    Endpoint pick(Worker worker, long hash, @Nullable Endpoint before) {
        Balancer among = balancer;
        if (among == null) {
            return members[0];
        }
        if (ring != null && hash != 0) {
            return members[ring.choose(hash, before == null ? -1 : Arrays.asList(members).indexOf(before))];
        }
        int at = among.choose(worker.index(), worker.random());
        for (int i = 0; members[at] == before && i < 4; i++) {
            at = among.choose(worker.index(), worker.random());
        }
        return members[at] == before ? members[(at + 1) % members.length] : members[at];
    }

    /// Whether a key belongs to another member, which has no room.
    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    boolean isPassed(long hash, Endpoint chosen) {
        return ring != null && hash != 0 && members.length > 1 && members[ring.home(hash)] != chosen;
    }
}

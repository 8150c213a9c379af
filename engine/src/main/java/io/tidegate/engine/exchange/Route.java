package io.tidegate.engine.exchange;

import io.tidegate.config.RouteConfig;
import io.tidegate.engine.upstream.Upstream;
import java.util.List;
import java.util.SplittableRandom;

/// A match and where it leads, compiled.
///
/// @param name
///            its name
/// @param config
///            as declared
/// @param targets
///            upstreams and their shares, at least one
/// @param shares
///            running sums of the shares
public record Route(String name, RouteConfig config, List<Upstream> targets, List<Integer> shares) {

    /// The upstream for one request, by the shares.
    Upstream target(SplittableRandom random) {
        if (targets.size() == 1) {
            return targets.getFirst();
        }
        int at = random.nextInt(shares.getLast());
        int i = 0;
        while (at >= shares.get(i)) {
            i++;
        }
        return targets.get(i);
    }
}

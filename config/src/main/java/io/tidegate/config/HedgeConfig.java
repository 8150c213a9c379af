package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A second request to another endpoint where the first takes long.
@Doc("A second request to another endpoint where the first is not answered in time; the client gets what is answered first. Only what may safely be sent twice, within the budget of `retry`.")
public record HedgeConfig(
        @Doc("How long the first is waited for. Left out: as long as `percentile` of the route's requests took lately.") @Nullable Duration after,

        @Doc("Percentage of the route's requests in the last ten seconds that were answered within what is waited, on each event loop. There must have been a hundred.") @Default("95") @Range(min = 50, max = 99) int percentile,

        @Doc("Shortest wait, where it is measured.") @Default("10ms") Duration least) {
}

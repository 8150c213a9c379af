package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.Reply;
import io.tidegate.config.FallbackResponseConfig;
import io.tidegate.config.RetryConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.mirror.RouteMirror;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.overload.Importance;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Worker;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A match and where it leads, compiled.
public final class Route {

    /// Largest request body where no policy says otherwise.
    public static final long DEFAULT_MAX_BODY = 10L << 20;

    private static final long NEVER = Long.MAX_VALUE;

    private final String name;
    private final RouteConfig config;
    private final Way[] ways;
    /// Null where it leads to one upstream alone, or to none.
    private final @Nullable Sides sides;
    private final Step[] steps;
    private final LogLabel label;
    private final RouteCells[] cells;
    private final long requestNanos;
    private final long tryNanos;
    private final @Nullable String timeField;
    private final @Nullable RouteMirror mirror;
    private final @Nullable Hedge hedge;
    private final @Nullable Importance importance;

    /// A route.
    ///
    /// @param targets
    ///            upstreams that requests may go to; empty where a policy answers every one
    /// @param shares
    ///            what falls to each of the upstreams, in their order
    /// @param steps
    ///            its policies, in the order in which they run
    /// @param cells
    ///            where it is counted, by worker
    /// @param mirror
    ///            gets copies of its requests; null where nobody does
    /// @param hedge
    ///            when requests are sent a second time before the first is answered; null for never
    /// @param importance
    ///            what its requests are worth; null where that is the same for whoever sends them
    public Route(String name, RouteConfig config, List<Upstream> targets, List<ShareConfig> shares, Step[] steps,
            RouteCells[] cells, @Nullable RouteMirror mirror, @Nullable Hedge hedge, @Nullable Importance importance) {
        this.name = name;
        this.config = config;
        this.ways = targets.stream().map(target -> new Way(target, retry(config, target), fallback(config, target)))
                .toArray(Way[]::new);
        // What a client was given for a split is kept from the service where nothing is left to be split, too.
        this.sides = targets.isEmpty() || (targets.size() == 1 && config.splitBy() == null)
                ? null
                : new Sides(name, targets.stream().map(Upstream::name).toList(), shares, config.splitBy(), cells);
        this.steps = steps;
        this.cells = cells;
        this.mirror = mirror;
        this.hedge = hedge;
        this.importance = importance;
        this.label = LogLabel.of(name);
        this.requestNanos = nanos(config.timeouts().request(), null);
        this.tryNanos = nanos(config.timeouts().perTry(), null);
        this.timeField = config.timeouts().header();
    }

    private static Retry retry(RouteConfig config, Upstream upstream) {
        RetryConfig theirs = upstream.config().retry();
        return new Retry(config.retry() == null ? theirs : config.retry().over(theirs));
    }

    private static @Nullable Reply fallback(RouteConfig config, Upstream upstream) {
        FallbackResponseConfig declared = config.fallbackResponse() == null
                ? upstream.config().fallbackResponse()
                : config.fallbackResponse();
        return declared == null ? null : FallbackAnswer.of(declared);
    }

    /// An upstream that requests of the route go to, what is sent to it once more, and what stands in for it.
    record Way(Upstream upstream, Retry retry, @Nullable Reply fallback) {
    }

    private static long nanos(@Nullable Duration own, @Nullable Duration other) {
        Duration duration = own == null ? other : own;
        return duration == null ? NEVER : duration.toNanos();
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// As declared.
    public RouteConfig config() {
        return config;
    }

    /// Why a request whose path services are known to read in different ways must not come here; null where it may.
    public static @Nullable Fault ambiguity(RouteConfig route, RequestHead request) {
        if (request.encodedSlash() && route.encodedSlash() == RouteConfig.EncodedSlash.REJECT) {
            return Fault.PATH_ENC_SLASH;
        }
        if (request.pathParameter() && route.pathParameters() == RouteConfig.PathParameters.REJECT) {
            return Fault.PATH_PARAMETER;
        }
        return null;
    }

    LogLabel label() {
        return label;
    }

    RouteCells cells(Worker worker) {
        return cells[worker.index()];
    }

    Step[] steps() {
        return steps;
    }

    /// Whether policies or conditions look at its requests.
    boolean isLookedAt() {
        return steps.length > 0 || (sides != null && sides.hasConditions());
    }

    /// When requests are sent a second time before the first is answered; null for never.
    @Nullable
    Hedge hedge() {
        return hedge;
    }

    /// What its requests are worth; null where that is the same for whoever sends them.
    @Nullable
    Importance importance() {
        return importance;
    }

    /// Gets copies of its requests; null where nobody does.
    @Nullable
    RouteMirror mirror() {
        return mirror;
    }

    /// From the head of a request to the end of its response, in nanoseconds; [Long#MAX_VALUE] for no limit.
    long requestNanos() {
        return requestNanos;
    }

    /// Field in which clients and services are told of the time; null for none.
    @Nullable
    String timeField() {
        return timeField;
    }

    /// From the end of a request to the end of its response.
    ///
    /// @param endless
    ///            whether that has no end in sight, so that only what is said of one try counts
    long responseNanos(UpstreamConfig upstream, boolean endless) {
        if (endless) {
            return tryNanos;
        }
        return Math.min(tryNanos, nanos(config.timeouts().response(), upstream.timeouts().response()));
    }

    /// Between two reads of a response.
    long idleNanos(UpstreamConfig upstream) {
        return nanos(config.timeouts().idle(), upstream.timeouts().idle());
    }

    /// The way of one request; null where the route leads nowhere.
    @Nullable
    Way way(Worker worker, Steering caller) {
        if (sides != null) {
            return ways[sides.side(worker, caller)];
        }
        return ways.length == 0 ? null : ways[0];
    }
}

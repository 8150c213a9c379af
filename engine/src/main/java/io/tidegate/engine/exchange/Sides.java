package io.tidegate.engine.exchange;

import io.tidegate.api.Condition;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.Exchange;
import io.tidegate.api.FaultException;
import io.tidegate.config.RequestKeyConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.config.SplitByConfig;
import io.tidegate.engine.balance.GivenCookie;
import io.tidegate.engine.balance.Split;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.observe.Seldom;
import io.tidegate.engine.worker.Worker;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which of the upstreams of a route a request goes to: the first whose condition holds, in the order of the file; else
/// one of those with a share, by what keeps a client on its side, or by chance. One for all loops.
final class Sides {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.routes");
    private static final int NONE = -1;

    private final String route;
    private final List<String> names;
    private final RouteCells[] cells;
    private final Seldom seldom = new Seldom();
    /// By index of the upstream, where it has one, and those indexes.
    private final Condition[] conditions;
    private final int[] conditional;
    /// The indexes of the upstreams with a share, and the sums of their shares up to each.
    private final int[] shared;
    private final int[] sums;
    private final @Nullable RequestKeyConfig key;
    private final @Nullable GivenCookie cookie;
    /// Null where nothing keeps a client on its side, or there is but one.
    private final @Nullable Split split;

    /// @param route
    ///            its name
    /// @param names
    ///            of the upstreams
    /// @param shares
    ///            what falls to each of them, in their order
    /// @param by
    ///            what keeps a client on its side; null where nothing does
    /// @param cells
    ///            where the route is counted, by worker
    Sides(String route, List<String> names, List<ShareConfig> shares, @Nullable SplitByConfig by, RouteCells[] cells) {
        this.route = route;
        this.names = names;
        this.cells = cells;
        this.conditional = IntStream.range(0, names.size()).filter(i -> shares.get(i).when() != null).toArray();
        this.conditions = shares.stream().map(ShareConfig::when).filter(Objects::nonNull)
                .map(ConditionConfig::condition).toArray(Condition[]::new);
        this.shared = IntStream.range(0, names.size()).filter(i -> shares.get(i).share() > 0).toArray();
        this.sums = new int[shared.length];
        int sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += shares.get(shared[i]).share();
            sums[i] = sum;
        }
        this.key = by == null ? null : by.key();
        this.cookie = by == null || by.cookie() == null ? null : new GivenCookie(by.cookie(), by);
        this.split = by == null || shared.length < 2
                ? null
                : new Split(IntStream.of(shared).mapToObj(names::get).toList(),
                        IntStream.of(shared).mapToObj(i -> shares.get(i).share()).toList());
    }

    /// Whether any of them has a condition, which looks at the exchange.
    boolean hasConditions() {
        return conditions.length > 0;
    }

    /// The index of the upstream that a request goes to.
    int side(Worker worker, Steering caller) {
        int chosen = conditions.length == 0 ? NONE : byCondition(worker, caller);
        // It is the gateway's own: the service is not to see it, whatever decides.
        long known = cookie == null ? 0 : caller.known(cookie);
        if (chosen != NONE) {
            return chosen;
        }
        Split by = split;
        if (by != null) {
            long hash = key == null ? 0 : caller.hash(key);
            if (hash == 0 && cookie != null) {
                hash = known == 0 ? caller.give(cookie) : known;
            }
            if (hash != 0) {
                return shared[by.side(hash)];
            }
        }
        return byChance(worker.random());
    }

    private int byChance(SplittableRandom random) {
        int at = sums.length == 1 ? 0 : random.nextInt(sums[sums.length - 1]);
        int i = 0;
        while (at >= sums[i]) {
            i++;
        }
        return shared[i];
    }

    private int byCondition(Worker worker, Steering caller) {
        Exchange exchange = caller.exchange();
        for (int i = 0; i < conditions.length; i++) {
            try {
                if (conditions[i].test(exchange)) {
                    return conditional[i];
                }
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                cells[worker.index()].conditionFailed();
                failed(conditional[i], e, exchange);
            }
        }
        return NONE;
    }

    private void failed(int upstream, Throwable cause, Exchange exchange) {
        if (seldom.isDue()) {
            LOG.warn("the condition of routes.{}.upstreams.{} can't be evaluated, and does not hold request={}", route,
                    names.get(upstream), exchange.id(), cause instanceof FaultException ? null : cause);
        }
    }
}

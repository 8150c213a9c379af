package io.tidegate.engine.upstream;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.RingHashConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.ZonePreferenceConfig;
import io.tidegate.engine.balance.HashRing;
import io.tidegate.engine.balance.RingPoints;
import io.tidegate.engine.balance.SlowStart;
import io.tidegate.engine.balance.Subset;
import io.tidegate.engine.balance.Zones;
import io.tidegate.engine.health.Selection;
import io.tidegate.engine.health.Timing;
import io.tidegate.engine.observe.BalanceCells;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes a [Choice] of what is declared and of which endpoints are used, again and again: when other ones are used, and
/// while the share of some grows.
final class Choosing {

    /// So often the shares of endpoints that have begun a while ago grow, within the time that it takes.
    private static final int STEPS = 20;
    private static final long SHORTEST_STEP = TimeUnit.MILLISECONDS.toNanos(20);

    private final UpstreamConfig config;
    private final Site site;
    private final Timing timing;
    private final int workers;
    private final List<BalanceCells> cells;
    private final @Nullable StickySessions sessions;
    private final @Nullable SlowStart slowStart;
    private List<Endpoint> pointed = List.of();
    private int[] pointedWeights = {};
    private @Nullable RingPoints points;
    /// Those that were used last; null before there were any.
    private @Nullable Set<String> before;
    private boolean growing;

    /// @param upstream
    ///            its name
    /// @param cells
    ///            by worker, count
    Choosing(String upstream, UpstreamConfig config, Site site, List<BalanceCells> cells, Timing timing) {
        this.config = config;
        this.site = site;
        this.timing = timing;
        this.workers = cells.size();
        this.cells = cells;
        this.sessions = config.stickySession() == null
                ? null
                : new StickySessions(upstream, config.stickySession(), site.key(), cells, InstantSource.system());
        this.slowStart = config.slowStart() == null ? null : new SlowStart(config.slowStart().toNanos());
    }

    /// Keep clients with endpoints; null where nobody does.
    @Nullable
    StickySessions sessions() {
        return sessions;
    }

    /// Those of the declared endpoints that this gateway uses.
    static List<EndpointConfig> own(UpstreamConfig config, List<EndpointConfig> declared, Site site) {
        List<EndpointConfig> chosen = declared.stream().filter(endpoint -> endpoint.weight() > 0).toList();
        if (config.subset() == null) {
            return chosen;
        }
        int size = config.subset().size();
        if (!config.zonePreference().splits(site.zone(), chosen)) {
            return part(chosen, size, site);
        }
        Predicate<EndpointConfig> here = endpoint -> String.valueOf(site.zone()).equals(endpoint.zone());
        List<EndpointConfig> own = new ArrayList<>(part(chosen.stream().filter(here).toList(), size, site));
        own.addAll(part(chosen.stream().filter(here.negate()).toList(), size, site));
        return own;
    }

    private static List<EndpointConfig> part(List<EndpointConfig> of, int size, Site site) {
        Set<String> names = new HashSet<>(
                Subset.of(of.stream().map(endpoint -> endpoint.url().toString()).toList(), size, site.id()));
        return of.stream().filter(endpoint -> names.contains(endpoint.url().toString())).toList();
    }

    /// How requests are shared among `all`.
    synchronized BalanceState state(List<Endpoint> all) {
        Map<String, String> zones = new HashMap<>();
        Map<String, Integer> starting = new HashMap<>();
        long now = timing.now();
        for (Endpoint endpoint : all) {
            if (endpoint.zone() != null) {
                zones.put(endpoint.authority(), endpoint.zone());
            }
            double part = slowStart == null ? 1 : slowStart.part(endpoint.authority(), now);
            if (part < 1) {
                starting.put(endpoint.authority(), (int) (part * 100));
            }
        }
        long declared = config.endpoints().stream().filter(endpoint -> endpoint.weight() > 0).count();
        return new BalanceState((int) declared, zones, starting);
    }

    /// Goes on from the choices of another one, which this one takes the place of.
    synchronized void takeOver(Choosing other) {
        synchronized (other) {
            if (slowStart != null && other.slowStart != null) {
                slowStart.takeOver(other.slowStart);
            }
            before = other.before;
        }
    }

    /// What follows from a selection among `all`.
    ///
    /// @param again
    ///            is run once where it has to be made anew later, since a share grows
    synchronized Choice make(List<Endpoint> all, Selection selection, Runnable again) {
        Endpoint[] used = selection.used().stream().map(all::get).toArray(Endpoint[]::new);
        Endpoint[] trials = selection.trials().stream().map(all::get).toArray(Endpoint[]::new);
        long now = timing.now();
        begin(used, now);
        boolean slow = slowStart != null && slowStart.isUnderWay(now);
        if (slow && !growing) {
            growing = true;
            timing.after(Math.max(SHORTEST_STEP, slowStepNanos()), () -> grow(again));
        }
        RingHashConfig ring = config.loadBalancing().ringHash();
        ZonePreferenceConfig zones = config.zonePreference();
        Endpoint[] near = used;
        Endpoint[] far = {};
        double share = 1;
        if (zones.enabled() && site.zone() != null) {
            Endpoint[] here = in(used, true);
            share = Zones.share(weight(here), weight(in(all.toArray(new Endpoint[0]), true)),
                    zones.spillBelow().value());
            if (here.length > 0 && here.length < used.length) {
                near = here;
                far = in(used, false);
            }
        }
        return new Choice(used, trials, group(all, near, slow, now),
                far.length == 0 ? null : group(all, far, slow, now), share, ring == null ? null : ring.key(),
                sessions, cells);
    }

    private long slowStepNanos() {
        return config.slowStart() == null ? 0 : config.slowStart().toNanos() / STEPS;
    }

    private void grow(Runnable again) {
        synchronized (this) {
            growing = false;
        }
        again.run();
    }

    private void begin(Endpoint[] used, long now) {
        Set<String> names = new HashSet<>();
        for (Endpoint endpoint : used) {
            names.add(endpoint.authority());
            // Where none was used before, all are new, and none would be spared by it.
            if (slowStart != null && before != null && !before.isEmpty() && !before.contains(endpoint.authority())) {
                slowStart.begins(endpoint.authority(), now);
            }
        }
        before = names;
    }

    private Endpoint[] in(Endpoint[] endpoints, boolean here) {
        return Arrays.stream(endpoints).filter(endpoint -> here == String.valueOf(site.zone()).equals(endpoint.zone()))
                .toArray(Endpoint[]::new);
    }

    private static long weight(Endpoint[] endpoints) {
        long sum = 0;
        for (Endpoint endpoint : endpoints) {
            sum += endpoint.weight();
        }
        return sum;
    }

    /// @param slow
    ///            whether the share of any grows
    private Group group(List<Endpoint> all, Endpoint[] members, boolean slow, long now) {
        int[] declared = Arrays.stream(members).mapToInt(Endpoint::weight).toArray();
        double[] parts = new double[members.length];
        Arrays.fill(parts, 1);
        if (slowStart != null && slow) {
            Arrays.setAll(parts, i -> slowStart.part(members[i].authority(), now));
        }
        int[] weights = slow ? SlowStart.weights(declared, parts) : declared;
        return new Group(members, weights, config.loadBalancing().method(), ring(all, members, weights, parts),
                workers);
    }

    private @Nullable HashRing ring(List<Endpoint> all, Endpoint[] members, int[] weights, double[] parts) {
        RingHashConfig ring = config.loadBalancing().ringHash();
        if (ring == null || members.length < 2) {
            return null;
        }
        RingPoints known = points;
        int[] declared = all.stream().mapToInt(Endpoint::weight).toArray();
        // What is found may change its weight.
        if (known == null || !pointed.equals(all) || !Arrays.equals(pointedWeights, declared)) {
            known = new RingPoints(all.stream().map(Endpoint::authority).toList(), declared);
            points = known;
            pointed = List.copyOf(all);
            pointedWeights = declared;
        }
        Map<Endpoint, Integer> positions = new HashMap<>();
        all.forEach(endpoint -> positions.put(endpoint, positions.size()));
        int[] indexes = Arrays.stream(members).mapToInt(member -> positions.getOrDefault(member, 0)).toArray();
        return new HashRing(known, List.of(members), indexes, weights, parts, ring.loadFactor());
    }
}

package io.tidegate.engine.route;

import io.tidegate.config.HostPattern;
import io.tidegate.config.PathPattern;
import io.tidegate.engine.route.Candidate.Form;
import io.tidegate.engine.route.RouteTrace.Rival;
import io.tidegate.engine.route.Search.Misfit;
import io.tidegate.engine.wire.Ascii;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects why candidates won or lost, first from the search itself, then from those that it never came to.
final class RouteTracer {

    private final RouteIndex index;
    private final Search search;
    private final RivalReasons reasons;
    private final @Nullable Candidate winner;
    private final String host;
    private final String path;
    private final List<Rival> rivals = new ArrayList<>();
    private final Set<Candidate.Terms> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable String winnerHost;

    RouteTracer(RouteIndex index, Search search) {
        RouteInput input = search.input();
        this.index = index;
        this.search = search;
        this.winner = search.found();
        this.host = Ascii.text(input.hostBytes(), input.hostStart(), input.hostEnd());
        this.path = search.values().path(input);
        this.reasons = new RivalReasons(search, path);
    }

    RouteTrace trace(RouteMatch.Outcome outcome) {
        search.trace(this);
        addNeighbours();
        return new RouteTrace(outcome, List.copyOf(rivals));
    }

    /// A candidate whose host and path pattern match, in the order of rank.
    void visited(Candidate candidate, Misfit misfit) {
        String group = groupText();
        seen.add(candidate.terms());
        if (candidate.equals(winner) && winnerHost == null) {
            winnerHost = group;
            // The winner is always told of, if need be instead of the last before it.
            if (rivals.size() == RouteTrace.MAX_RIVALS) {
                rivals.removeLast();
            }
            rivals.add(new Rival(candidate.name(), candidate.number(), true, reasons.won(candidate, group)));
            return;
        }
        if (rivals.size() < RouteTrace.MAX_RIVALS) {
            Candidate first = winner;
            String better = winnerHost;
            String reason = misfit == Misfit.NONE && first != null && better != null
                    ? reasons.lessSpecific(candidate, group, first, better)
                    : reasons.misfit(candidate, misfit);
            rivals.add(new Rival(candidate.name(), candidate.number(), false, reason));
        }
    }

    private String groupText() {
        RouteInput input = search.input();
        int from = search.hostFrom();
        if (from == input.hostEnd()) {
            return "any host";
        }
        String name = Ascii.text(input.hostBytes(), from, input.hostEnd());
        return from == input.hostStart() ? name : "*." + name;
    }

    /// A candidate that the search did not come to, and how many leading segments of its path fit.
    private record Neighbour(Candidate candidate, int closeness) {
    }

    private void addNeighbours() {
        List<Neighbour> sameHost = new ArrayList<>();
        List<Neighbour> samePath = new ArrayList<>();
        for (Candidate candidate : index.candidates()) {
            if (candidate.form() != Form.DECLARED || !seen.add(candidate.terms())) {
                continue;
            }
            PathPattern pattern = candidate.match().path();
            int closeness = pattern == null ? 0 : PathShape.leadingFits(pattern, path);
            if (hostFits(candidate.match().hosts())) {
                sameHost.add(new Neighbour(candidate, closeness));
            } else if (pathFits(candidate)) {
                samePath.add(new Neighbour(candidate, closeness));
            }
        }
        Comparator<Neighbour> nearest = Comparator.comparingInt(Neighbour::closeness).reversed()
                .thenComparing(Neighbour::candidate, Comparator.comparing(Candidate::name)
                        .thenComparingInt(Candidate::number));
        sameHost.sort(nearest);
        samePath.sort(nearest);
        int room = RouteTrace.MAX_RIVALS - rivals.size();
        int paths = Math.min(samePath.size(), Math.max(room / 2, room - sameHost.size()));
        for (Neighbour neighbour : sameHost.subList(0, Math.min(sameHost.size(), room - paths))) {
            add(neighbour.candidate(), reasons.path(neighbour.candidate()));
        }
        for (Neighbour neighbour : samePath.subList(0, paths)) {
            add(neighbour.candidate(), reasons.host(neighbour.candidate(), host));
        }
    }

    private void add(Candidate candidate, String reason) {
        rivals.add(new Rival(candidate.name(), candidate.number(), false, reason));
    }

    private boolean hostFits(List<HostPattern> hosts) {
        return hosts.isEmpty() || hosts.stream().anyMatch(pattern -> pattern.wildcard()
                ? host.length() > pattern.name().length() + 1 && host.endsWith("." + pattern.name())
                : host.equals(pattern.name()));
    }

    private boolean pathFits(Candidate candidate) {
        if (candidate.terms().regex() != null) {
            return candidate.terms().regex().matches(path);
        }
        PathPattern pattern = candidate.match().path();
        return pattern == null || PathShape.fits(pattern, path);
    }
}

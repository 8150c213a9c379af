package io.tidegate.engine.route;

import io.tidegate.config.HostPattern;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import io.tidegate.config.RegexConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.TrailingSlash;
import io.tidegate.config.ValueMatch;
import io.tidegate.engine.route.Candidate.Form;
import io.tidegate.engine.route.Candidate.Terms;
import io.tidegate.engine.route.ValueTest.Place;
import io.tidegate.engine.wire.Ascii;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.safere.Pattern;

/// Builds a [RouteIndex], candidate by candidate.
final class RouteIndexBuilder {

    /// Places of a node that candidates are put at, in the order in which they stand.
    private static final int ENDS = 0;
    private static final int REST = 1;
    private static final int REGEX = 2;
    private static final int ANY_PATH = 3;
    private static final int PLACES = 4;

    private static final Segment SLASH = new Segment(Kind.LITERAL, "");

    private final ByteIndex hosts = new ByteIndex();
    private final ByteIndex edges = new ByteIndex();
    private final long[] wildcardLengths = new long[4];
    private final Methods methods = new Methods();
    private final Map<String, Pattern> patterns = new HashMap<>();
    private final Map<String, PathExpression> expressions = new HashMap<>();
    private final List<String> groupNames = new ArrayList<>();
    private int anyHost = ByteIndex.NONE;
    private int[] roots = new int[16];

    /// Of each node: its child for a parameter, and its parent: negative where it is that child, itself for a root.
    private int[] parameters = new int[64];
    private int[] parents = new int[64];
    private int nodeCount;

    private final List<Candidate> candidates = new ArrayList<>();
    private int[] places = new int[64];
    private boolean listsOptions;

    void add(int route, String name, RouteConfig config) {
        for (int i = 0; i < config.match().size(); i++) {
            MatchConfig match = config.match().get(i).inHttp();
            Terms terms = terms(match);
            Candidate declared = new Candidate(route, name, i, config.precedence(), Form.DECLARED, terms);
            PathPattern path = match.path();
            boolean rest = path == null || path.segments().getLast().kind() == Kind.REST;
            Candidate other = rest || config.trailingSlash() == TrailingSlash.STRICT
                    ? null
                    : new Candidate(route, name, i, config.precedence(),
                            config.trailingSlash() == TrailingSlash.SAME ? Form.SLASH_SAME : Form.SLASH_REDIRECT,
                            terms);
            if (match.hosts().isEmpty()) {
                place(group(null), declared, other);
            }
            for (HostPattern host : match.hosts()) {
                place(group(host), declared, other);
            }
        }
    }

    private Terms terms(MatchConfig match) {
        long bits = match.methods().isEmpty() ? Methods.ANY : 0;
        for (String method : match.methods()) {
            long bit = methods.add(method);
            bits |= bit == Methods.GET ? Methods.GET | Methods.HEAD : bit;
            listsOptions |= bit == Methods.OPTIONS;
        }
        return Terms.of(match, bits, fields(match), tests(match.query(), Place.QUERY),
                match.path() == null ? expression(match.pathRegex()) : null);
    }

    private List<ValueTest> fields(MatchConfig match) {
        List<ValueTest> headers = tests(match.headers(), Place.HEADER);
        if (match.cookies().isEmpty()) {
            return headers;
        }
        List<ValueTest> fields = new ArrayList<>(headers);
        fields.addAll(tests(match.cookies(), Place.COOKIE));
        return List.copyOf(fields);
    }

    private List<ValueTest> tests(Map<String, ValueMatch> declared, Place place) {
        if (declared.isEmpty()) {
            return List.of();
        }
        List<ValueTest> tests = new ArrayList<>(declared.size());
        declared.forEach((name, value) -> tests.add(
                new ValueTest(place, place == Place.HEADER ? name.toLowerCase(Locale.ROOT) : name, value,
                        pattern(value.regex()))));
        return List.copyOf(tests);
    }

    private @Nullable Pattern pattern(@Nullable RegexConfig config) {
        return config == null ? null : patterns.computeIfAbsent(config.source(), Pattern::compile);
    }

    private @Nullable PathExpression expression(@Nullable RegexConfig config) {
        return config == null ? null : expressions.computeIfAbsent(config.source(), PathExpression::new);
    }

    private int group(@Nullable HostPattern host) {
        if (host == null) {
            if (anyHost == ByteIndex.NONE) {
                anyHost = newGroup("*");
            }
            return anyHost;
        }
        byte[] name = Ascii.bytes(host.name());
        int scope = host.wildcard() ? HostTable.WILDCARD : HostTable.EXACT;
        int group = hosts.find(scope, name, 0, name.length);
        if (group == ByteIndex.NONE) {
            group = newGroup(host.toString());
            hosts.add(scope, name, group);
            if (host.wildcard()) {
                wildcardLengths[name.length >> 6] |= 1L << name.length;
            }
        }
        return group;
    }

    private int newGroup(String name) {
        int group = groupNames.size();
        groupNames.add(name);
        roots = group < roots.length ? roots : Arrays.copyOf(roots, group * 2);
        roots[group] = newNode(nodeCount);
        return group;
    }

    private int newNode(int parent) {
        if (nodeCount == parents.length) {
            parents = Arrays.copyOf(parents, nodeCount * 2);
            parameters = Arrays.copyOf(parameters, nodeCount * 2);
        }
        parents[nodeCount] = parent;
        return nodeCount++;
    }

    private void place(int group, Candidate declared, @Nullable Candidate other) {
        PathPattern path = declared.match().path();
        if (path == null) {
            put(roots[group], declared.terms().regex() == null ? ANY_PATH : REGEX, declared);
            return;
        }
        List<Segment> segments = path.segments();
        boolean rest = segments.getLast().kind() == Kind.REST;
        int node = walk(roots[group], rest ? segments.subList(0, segments.size() - 1) : segments);
        put(node, rest ? REST : ENDS, declared);
        if (other == null) {
            return;
        }
        if (!segments.getLast().equals(SLASH)) {
            put(walk(node, List.of(SLASH)), ENDS, other);
        } else if (segments.size() > 1) {
            put(walk(roots[group], segments.subList(0, segments.size() - 1)), ENDS, other);
        }
    }

    private int walk(int from, List<Segment> segments) {
        int node = from;
        for (Segment segment : segments) {
            if (segment.kind() == Kind.PARAMETER) {
                if (parameters[node] == 0) {
                    int child = newNode(-node - 1);
                    parameters[node] = child;
                }
                node = parameters[node];
                continue;
            }
            byte[] text = Ascii.bytes(segment.text());
            int child = edges.find(node, text, 0, text.length);
            if (child == ByteIndex.NONE) {
                child = newNode(node);
                edges.add(node, text, child);
            }
            node = child;
        }
        return node;
    }

    private void put(int node, int place, Candidate candidate) {
        int count = candidates.size();
        places = count < places.length ? places : Arrays.copyOf(places, count * 2);
        places[count] = node * PLACES + place;
        candidates.add(candidate);
    }

    /// The finished index.
    ///
    /// @throws IllegalArgumentException
    ///             if a look-up could visit more than [RouteIndex#MAX_VISITS] nodes
    RouteIndex build() {
        checkVisits();
        int[] starts = new int[nodeCount * PLACES + 1];
        for (int i = 0; i < candidates.size(); i++) {
            starts[places[i] + 1]++;
        }
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        List<Dispatch> dispatches = new ArrayList<>();
        int[] next = starts.clone();
        Candidate[] sorted = new Candidate[candidates.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[next[places[i]]++] = candidates.get(i);
        }
        for (int i = 0; i + 1 < starts.length; i++) {
            int count = starts[i + 1] - starts[i];
            if (count > 1) {
                Arrays.sort(sorted, starts[i], starts[i + 1], Candidate.RANK);
            }
            Dispatch dispatch = count > Dispatch.CROWD ? Dispatch.of(sorted, starts[i], starts[i + 1]) : null;
            if (dispatch != null) {
                dispatches.add(dispatch);
            }
        }
        hosts.trim();
        edges.trim();
        return new RouteIndex(new HostTable(hosts, wildcardLengths, anyHost, groups(starts)),
                new PathTrie(edges, nodes(starts)), sorted, List.copyOf(dispatches), methods, listsOptions);
    }

    private int[] nodes(int[] starts) {
        int[] nodes = new int[nodeCount * PathTrie.STRIDE];
        for (int i = 0; i < nodeCount; i++) {
            nodes[i * PathTrie.STRIDE] = parameters[i];
            System.arraycopy(starts, i * PLACES + ENDS, nodes, i * PathTrie.STRIDE + 1, PathTrie.STRIDE - 1);
        }
        return nodes;
    }

    private int[] groups(int[] starts) {
        int[] groups = new int[groupNames.size() * HostTable.STRIDE];
        for (int i = 0; i < groupNames.size(); i++) {
            groups[i * HostTable.STRIDE] = roots[i];
            System.arraycopy(starts, roots[i] * PLACES + REGEX, groups, i * HostTable.STRIDE + 1,
                    HostTable.STRIDE - 1);
        }
        return groups;
    }

    /// A look-up visits a node, then those below the literal it goes on with, then those below the parameter: at most
    /// 1 + the dearest literal + the parameter. Children have higher numbers than their parents, so one pass from the
    /// last to the first adds that up.
    private void checkVisits() {
        long[] below = new long[nodeCount];
        long[] dearest = new long[nodeCount];
        for (int i = nodeCount - 1; i >= 0; i--) {
            long visits = Math.min(1 + dearest[i] + below[i], Integer.MAX_VALUE);
            int parent = parents[i];
            dearest[i] = visits;
            if (parent < 0) {
                below[-parent - 1] = visits;
            } else if (parent != i) {
                dearest[parent] = Math.max(dearest[parent], visits);
            }
        }
        for (int group = 0; group < groupNames.size(); group++) {
            long visits = dearest[roots[group]];
            if (visits > RouteIndex.MAX_VISITS) {
                throw new IllegalArgumentException("the paths of host '" + groupNames.get(group)
                        + "' must overlap so little that a look-up visits at most " + RouteIndex.MAX_VISITS
                        + " of their segments (was " + visits + ")");
            }
        }
    }
}

package io.tidegate.engine.compile;

import io.tidegate.config.HostPattern;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import io.tidegate.config.RegexConfig;
import io.tidegate.config.ValueMatch;
import io.tidegate.engine.exchange.Route;
import io.tidegate.engine.exchange.Router;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.safere.Pattern;

/// Routes ranked by specificity: the first that matches is the best.
///
/// Exact hosts are found by hash; within a host, and among wildcard hosts, the ranked routes are tried one after the
/// other, so that a look-up costs time in proportion to the routes of one host.
final class RankedRouter implements Router {

    private final Map<String, List<Candidate>> exact;
    private final List<Candidate> others;

    /// One way to match a route.
    private record Candidate(Route route, String name, @Nullable HostPattern host, @Nullable PathPattern path,
            @Nullable Pattern regex, MatchConfig match, List<Header> headers) {
    }

    private record Header(String name, ValueMatch value, @Nullable Pattern regex) {
    }

    private RankedRouter(Map<String, List<Candidate>> exact, List<Candidate> others) {
        this.exact = exact;
        this.others = others;
    }

    static RankedRouter of(List<Route> routes) {
        Map<String, List<Candidate>> exact = new HashMap<>();
        List<Candidate> others = new ArrayList<>();
        for (Route route : routes) {
            for (MatchConfig match : route.config().match()) {
                if (match.hosts().isEmpty()) {
                    others.add(candidate(route, match, null));
                }
                for (HostPattern host : match.hosts()) {
                    List<Candidate> list = host.wildcard()
                            ? others
                            : exact.computeIfAbsent(host.name(), name -> new ArrayList<>());
                    list.add(candidate(route, match, host));
                }
            }
        }
        Comparator<Candidate> rank = RankedRouter::compare;
        exact.values().forEach(list -> list.sort(rank));
        others.sort(rank);
        return new RankedRouter(exact, others);
    }

    private static Candidate candidate(Route route, MatchConfig match, @Nullable HostPattern host) {
        List<Header> headers = new ArrayList<>();
        match.headers().forEach((name, value) -> headers.add(new Header(name, value, regex(value.regex()))));
        return new Candidate(route, route.name(), host, match.path(), regex(match.pathRegex()), match, headers);
    }

    private static @Nullable Pattern regex(@Nullable RegexConfig config) {
        return config == null ? null : Pattern.compile(config.source());
    }

    private static int compare(Candidate a, Candidate b) {
        int result = Integer.compare(hostRank(b), hostRank(a));
        if (result == 0) {
            result = comparePaths(a, b);
        }
        if (result == 0) {
            result = Boolean.compare(a.match().methods().isEmpty(), b.match().methods().isEmpty());
        }
        if (result == 0) {
            result = Integer.compare(b.headers().size(), a.headers().size());
        }
        if (result == 0) {
            result = Integer.compare(b.match().query().size(), a.match().query().size());
        }
        if (result == 0) {
            result = Integer.compare(b.route().config().precedence(), a.route().config().precedence());
        }
        return result == 0 ? a.name().compareTo(b.name()) : result;
    }

    private static int hostRank(Candidate candidate) {
        HostPattern host = candidate.host();
        return host == null ? 0 : host.name().length();
    }

    /// Segment by segment: literal, parameter, rest, regular expression, none.
    private static int comparePaths(Candidate a, Candidate b) {
        PathPattern one = a.path();
        PathPattern other = b.path();
        if (one == null || other == null) {
            return Integer.compare(pathKind(a), pathKind(b));
        }
        for (int i = 0; i < Math.min(one.segments().size(), other.segments().size()); i++) {
            int result = one.segments().get(i).kind().compareTo(other.segments().get(i).kind());
            if (result != 0) {
                return result;
            }
        }
        return Integer.compare(other.segments().size(), one.segments().size());
    }

    private static int pathKind(Candidate candidate) {
        return candidate.path() != null ? 0 : candidate.regex() != null ? 1 : 2;
    }

    @Override
    public @Nullable Route match(RequestHead head) {
        String host = Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd());
        List<Candidate> own = exact.get(host);
        Route found = own == null ? null : first(own, head, host);
        return found == null ? first(others, head, host) : found;
    }

    private static @Nullable Route first(List<Candidate> candidates, RequestHead head, String host) {
        for (Candidate candidate : candidates) {
            HostPattern pattern = candidate.host();
            boolean hostMatches = pattern == null || !pattern.wildcard()
                    || (host.length() > pattern.name().length() + 1 && host.endsWith("." + pattern.name()));
            if (hostMatches && pathMatches(candidate, head) && methodMatches(candidate.match(), head.method())
                    && headersMatch(candidate, head) && queryMatches(candidate.match(), head)) {
                return candidate.route();
            }
        }
        return null;
    }

    private static boolean methodMatches(MatchConfig match, String method) {
        return match.methods().isEmpty() || match.methods().contains(method)
                || (method.equals("HEAD") && match.methods().contains("GET"));
    }

    private static boolean pathMatches(Candidate candidate, RequestHead head) {
        if (candidate.regex() != null) {
            return candidate.regex().matcher(head.path()).matches();
        }
        PathPattern path = candidate.path();
        return path == null || segmentsMatch(path.segments(), head);
    }

    private static boolean segmentsMatch(List<Segment> segments, RequestHead head) {
        byte[] bytes = head.pathBytes();
        int at = head.pathStart();
        int end = head.pathEnd();
        for (Segment segment : segments) {
            if (segment.kind() == Kind.REST) {
                return true;
            }
            if (at >= end) {
                return false;
            }
            int from = at + 1;
            int to = from;
            while (to < end && bytes[to] != '/') {
                to++;
            }
            boolean fits = segment.kind() == Kind.PARAMETER ? to > from : equal(bytes, from, to, segment.text());
            if (!fits) {
                return false;
            }
            at = to;
        }
        return at == end;
    }

    private static boolean equal(byte[] bytes, int from, int to, String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean headersMatch(Candidate candidate, RequestHead head) {
        for (Header header : candidate.headers()) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < head.fieldCount(); i++) {
                if (Ascii.equalsIgnoreCase(head.bytes(), head.nameStart(i), head.nameEnd(i), header.name())) {
                    values.add(Ascii.text(head.bytes(), head.valueStart(i), head.valueEnd(i)));
                }
            }
            if (!valueMatches(values.isEmpty() ? null : String.join(", ", values), header.value(), header.regex())) {
                return false;
            }
        }
        return true;
    }

    private static boolean queryMatches(MatchConfig match, RequestHead head) {
        if (match.query().isEmpty()) {
            return true;
        }
        Map<String, String> parameters = new HashMap<>();
        if (head.queryStart() >= 0) {
            for (String part : Ascii.text(head.bytes(), head.queryStart(), head.queryEnd()).split("&", -1)) {
                int equals = part.indexOf('=');
                parameters.merge(equals < 0 ? part : part.substring(0, equals),
                        equals < 0 ? "" : part.substring(equals + 1), (one, other) -> one + ", " + other);
            }
        }
        for (Map.Entry<String, ValueMatch> entry : match.query().entrySet()) {
            ValueMatch value = entry.getValue();
            if (!valueMatches(parameters.get(entry.getKey()), value, regex(value.regex()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean valueMatches(@Nullable String value, ValueMatch wanted, @Nullable Pattern regex) {
        if (wanted.present() != null) {
            return wanted.present() == (value != null);
        }
        return value != null && (regex != null ? regex.matcher(value).matches() : value.equals(wanted.exact()));
    }
}

package io.tidegate.engine.route;

import io.tidegate.config.HostPattern;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.TrailingSlash;
import io.tidegate.config.ValueMatch;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rules of routing in their plainest form: all candidates in one ranked list, tried one after the other. Slow, and
/// shares nothing with the table that is tested against it.
final class LinearRouter {

    private final List<Candidate> ranked = new ArrayList<>();

    /// One match of a route for one host, in one form of its path.
    private record Candidate(String route, int number, RouteConfig config, MatchConfig match,
            @Nullable HostPattern host, @Nullable List<Segment> path, boolean toggled) {
    }

    /// What a look-up gives, in words.
    record Answer(String outcome, String route, List<String> allowed) {

        static final Answer NOTHING = new Answer("NO_ROUTE", "", List.of());
    }

    LinearRouter(Map<String, RouteConfig> routes) {
        routes.forEach((name, config) -> {
            for (int i = 0; i < config.match().size(); i++) {
                MatchConfig match = config.match().get(i);
                List<@Nullable HostPattern> hosts = new ArrayList<>(match.hosts());
                if (hosts.isEmpty()) {
                    hosts.add(null);
                }
                for (HostPattern host : hosts) {
                    List<Segment> path = match.path() == null ? null : match.path().segments();
                    ranked.add(new Candidate(name, i, config, match, host, path, false));
                    List<Segment> toggled = path == null ? null : toggle(path);
                    if (config.trailingSlash() != TrailingSlash.STRICT && toggled != null) {
                        ranked.add(new Candidate(name, i, config, match, host, toggled, true));
                    }
                }
            }
        });
        ranked.sort(Comparator.comparingInt(LinearRouter::hostRank).reversed()
                .thenComparing(LinearRouter::pathRank)
                .thenComparing(Candidate::toggled)
                .thenComparing(candidate -> candidate.match().methods().isEmpty())
                .thenComparingInt(candidate -> -candidate.match().headers().size())
                .thenComparingInt(candidate -> -candidate.match().query().size())
                .thenComparingInt(candidate -> -candidate.config().precedence())
                .thenComparing(Candidate::route)
                .thenComparingInt(Candidate::number));
    }

    private static @Nullable List<Segment> toggle(List<Segment> path) {
        Segment last = path.getLast();
        if (last.kind() == Kind.REST) {
            return null;
        }
        List<Segment> toggled = new ArrayList<>(path);
        if (last.equals(new Segment(Kind.LITERAL, ""))) {
            toggled.removeLast();
            return toggled.isEmpty() ? null : toggled;
        }
        toggled.add(new Segment(Kind.LITERAL, ""));
        return toggled;
    }

    private static int hostRank(Candidate candidate) {
        HostPattern host = candidate.host();
        return host == null ? 0 : host.wildcard() ? host.name().length() : 1000;
    }

    /// A text that sorts as the ranks of paths do: the end of a path goes before a rest in its place.
    private static String pathRank(Candidate candidate) {
        List<Segment> path = candidate.path();
        if (path == null) {
            return candidate.match().pathRegex() != null ? "8" : "9";
        }
        StringBuilder rank = new StringBuilder();
        for (Segment segment : path) {
            rank.append(switch (segment.kind()) {
                case LITERAL -> '1';
                case PARAMETER -> '2';
                case REST -> '7';
            });
        }
        return rank.toString();
    }

    Answer match(TextInput input) {
        String asked = input.header("access-control-request-method");
        if (!input.method().equals("OPTIONS") || asked == null || input.header("origin") == null) {
            return match(input, input.method());
        }
        for (Candidate candidate : ranked) {
            if (candidate.match().methods().contains("OPTIONS") && fits(candidate, input)) {
                return found(candidate);
            }
        }
        return match(input, asked);
    }

    private Answer match(TextInput input, String method) {
        TreeSet<String> allowed = new TreeSet<>();
        for (Candidate candidate : ranked) {
            List<String> methods = candidate.match().methods();
            if (fits(candidate, input)) {
                if (methods.isEmpty() || methods.contains(method)
                        || (method.equals("HEAD") && methods.contains("GET"))) {
                    return found(candidate);
                }
                allowed.addAll(methods);
            }
        }
        if (allowed.isEmpty()) {
            return Answer.NOTHING;
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        allowed.add("OPTIONS");
        return new Answer("METHOD_NOT_ALLOWED", "", List.copyOf(allowed));
    }

    private static Answer found(Candidate candidate) {
        boolean redirect = candidate.toggled() && candidate.config().trailingSlash() == TrailingSlash.REDIRECT;
        return new Answer(redirect ? "REDIRECT_SLASH" : "FOUND", candidate.route() + "#" + candidate.number(),
                List.of());
    }

    private static boolean fits(Candidate candidate, TextInput input) {
        return hostFits(candidate.host(), input.host()) && pathFits(candidate, input.path())
                && candidate.match().headers().entrySet().stream()
                        .allMatch(entry -> valueFits(entry.getValue(), input.header(entry.getKey())))
                && candidate.match().query().entrySet().stream()
                        .allMatch(entry -> queryFits(entry.getKey(), entry.getValue(), input.query()));
    }

    private static boolean hostFits(@Nullable HostPattern pattern, String host) {
        if (pattern == null) {
            return true;
        }
        return pattern.wildcard()
                ? host.endsWith("." + pattern.name()) && host.length() > pattern.name().length() + 1
                : host.equals(pattern.name());
    }

    private static boolean pathFits(Candidate candidate, String path) {
        if (candidate.path() != null) {
            return segmentsFit(candidate.path(), Arrays.asList(path.substring(1).split("/", -1)));
        }
        return candidate.match().pathRegex() == null
                || Pattern.matches(candidate.match().pathRegex().source(), path);
    }

    private static boolean segmentsFit(List<Segment> pattern, List<String> path) {
        for (int i = 0; i < pattern.size(); i++) {
            Segment segment = pattern.get(i);
            if (segment.kind() == Kind.REST) {
                return true;
            }
            if (i == path.size() || (segment.kind() == Kind.LITERAL && !segment.text().equals(path.get(i)))
                    || (segment.kind() == Kind.PARAMETER && path.get(i).isEmpty())) {
                return false;
            }
        }
        return pattern.size() == path.size();
    }

    private static boolean queryFits(String name, ValueMatch wanted, @Nullable String query) {
        List<String> values = new ArrayList<>();
        for (String part : query == null ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (!part.isEmpty() && decode(key).equals(name)) {
                values.add(equals < 0 ? "" : decode(part.substring(equals + 1)));
            }
        }
        return values.isEmpty()
                ? valueFits(wanted, null)
                : values.stream().allMatch(value -> valueFits(wanted, value));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static boolean valueFits(ValueMatch wanted, @Nullable String value) {
        if (wanted.present() != null) {
            return wanted.present() == (value != null);
        }
        return value != null && (wanted.regex() != null
                ? Pattern.matches(wanted.regex().source(), value)
                : value.equals(wanted.exact()));
    }
}

package io.tidegate.config;

import io.tidegate.config.PathPattern.Segment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.safere.Pattern;

/// Finds two routes that can both match one request with equal rank.
///
/// Comparing every route with every other would take minutes for a hundred thousand. Two ways to match have equal rank
/// and a request in common only if they share the host as written, the shape and the literals of the path, a method,
/// the number of header and of query matches, and the precedence. So they are grouped by all of that; nearly all groups
/// hold one. Within a group they are told apart by exact values of one header or query parameter that all of them
/// name, again by grouping; only what is left is compared pair by pair.
final class AmbiguityCheck {

    // Pairs looked at in one load. More are only reached by thousands of routes that differ in nothing but regular
    // expressions.
    private static final long MOST_PAIRS = 20_000_000;

    private final CheckContext context;
    private final Map<Rank, List<Way>> groups = new LinkedHashMap<>();
    private final Set<List<String>> reported = new HashSet<>();
    private long pairs;

    AmbiguityCheck(CheckContext context) {
        this.context = context;
    }

    /// What two ways to match have in common when they rank equally and can meet.
    private record Rank(@Nullable HostPattern host, String path, String method, int headers, int query,
            int precedence) {
    }

    /// A way to match a route.
    private record Way(String route, int index, RouteConfig config, MatchConfig match) {

        @Nullable
        ValueMatch value(String condition) {
            String name = condition.substring(1);
            if (condition.charAt(0) == '?') {
                return match.query().get(name);
            }
            if (condition.charAt(0) == ';') {
                return match.cookies().get(name);
            }
            for (Map.Entry<String, ValueMatch> header : match.headers().entrySet()) {
                if (header.getKey().equalsIgnoreCase(name)) {
                    return header.getValue();
                }
            }
            return null;
        }

        /// The names of its header, cookie and query matches, told apart by their first letter.
        Set<String> conditions() {
            Set<String> names = new LinkedHashSet<>();
            match.headers().keySet().forEach(name -> names.add(":" + name.toLowerCase(Locale.ROOT)));
            match.cookies().keySet().forEach(name -> names.add(";" + name));
            match.query().keySet().forEach(name -> names.add("?" + name));
            return names;
        }

        String path() {
            return "routes." + route + ".match[" + index + "]";
        }
    }

    void run() {
        context.config().routes().forEach((name, route) -> {
            if (context.whole("routes." + name)) {
                for (int i = 0; i < route.match().size(); i++) {
                    add(new Way(name, i, route, route.match().get(i).inHttp()));
                }
            }
        });
        groups.forEach((rank, ways) -> {
            if (ways.size() > 1) {
                if (rank.path().equals("~")) {
                    RegexPrefixes.clusters(ways, way -> source(way.match())).forEach(this::split);
                } else {
                    split(ways);
                }
            }
        });
        if (pairs > MOST_PAIRS) {
            context.warning("too many routes are alike: not every pair could be checked for equal rank", "routes");
        }
    }

    private static String source(MatchConfig match) {
        return match.pathRegex() == null ? "" : match.pathRegex().source();
    }

    private void add(Way way) {
        MatchConfig match = way.match();
        List<HostPattern> hosts = match.hosts();
        String path = signature(match);
        for (int i = 0; i < Math.max(1, hosts.size()); i++) {
            HostPattern host = hosts.isEmpty() ? null : hosts.get(i);
            for (String method : methods(match)) {
                Rank rank = new Rank(host, path, method, match.headers().size() + match.cookies().size(),
                        match.query().size(),
                        way.config().precedence());
                groups.computeIfAbsent(rank, key -> new ArrayList<>(1)).add(way);
            }
        }
    }

    private static Set<String> methods(MatchConfig match) {
        if (match.methods().isEmpty()) {
            return Set.of("");
        }
        if (!match.methods().contains("GET")) {
            return new LinkedHashSet<>(match.methods());
        }
        Set<String> methods = new LinkedHashSet<>(match.methods());
        methods.add("HEAD");
        return methods;
    }

    /// Equal for two paths of equal rank that have a path in common. `~` for every regular expression.
    private static String signature(MatchConfig match) {
        PathPattern path = match.path();
        if (path == null) {
            return match.pathRegex() == null ? "" : "~";
        }
        StringBuilder text = new StringBuilder();
        for (Segment segment : path.segments()) {
            switch (segment.kind()) {
                case LITERAL -> text.append('/').append(segment.text());
                case PARAMETER -> text.append("/{}");
                case REST -> text.append("/**");
            }
        }
        return text.toString();
    }

    /// Tells the ways of one group apart by an exact value, as long as there is one; then compares them.
    private void split(List<Way> ways) {
        if (ways.size() < 2) {
            return;
        }
        if (ways.size() > 8) {
            for (String condition : ways.getFirst().conditions()) {
                Map<String, List<Way>> parts = partition(ways, condition);
                if (parts.size() > 1) {
                    parts.values().forEach(this::split);
                    return;
                }
            }
        }
        compare(ways);
    }

    /// The ways by their exact value of a condition; empty where one of them has none.
    private static Map<String, List<Way>> partition(List<Way> ways, String condition) {
        Map<String, List<Way>> parts = new LinkedHashMap<>();
        for (Way way : ways) {
            ValueMatch value = way.value(condition);
            if (value == null || value.exact() == null) {
                return Map.of();
            }
            parts.computeIfAbsent(value.exact(), key -> new ArrayList<>()).add(way);
        }
        return parts;
    }

    private void compare(List<Way> ways) {
        for (int i = 1; i < ways.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (++pairs > MOST_PAIRS) {
                    return;
                }
                if (meet(ways.get(j), ways.get(i))) {
                    report(ways.get(j), ways.get(i));
                    break;
                }
            }
        }
    }

    private void report(Way first, Way second) {
        if (reported.add(List.of(first.route(), second.route()))) {
            context.error("matches requests that " + first.path() + " ("
                    + context.place("routes", first.route(), "match", first.index())
                    + ") matches as well, with equal rank: give one of the two routes a 'precedence'", "routes",
                    second.route(), "match", second.index());
        }
    }

    /// Whether both can match one request. Two regular expressions are taken to, unless it is plain that they don't.
    private static boolean meet(Way one, Way other) {
        if (one.route().equals(other.route()) || apart(one.config().listeners(), other.config().listeners())) {
            return false;
        }
        if (one.match().pathRegex() != null && other.match().pathRegex() != null
                && RegexPrefixes.apart(source(one.match()), source(other.match()))) {
            return false;
        }
        for (String condition : one.conditions()) {
            ValueMatch wanted = one.value(condition);
            ValueMatch also = other.value(condition);
            if (wanted != null && also != null && contradict(wanted, also)) {
                return false;
            }
        }
        return true;
    }

    private static boolean apart(List<String> some, List<String> others) {
        return !some.isEmpty() && !others.isEmpty() && some.stream().noneMatch(new HashSet<>(others)::contains);
    }

    private static boolean contradict(ValueMatch one, ValueMatch other) {
        Boolean present = one.present() != null ? one.present() : other.present();
        if (present != null) {
            Boolean also = one.present() != null ? other.present() : null;
            return also != null ? !also.equals(present) : !present;
        }
        if (one.exact() != null && other.exact() != null) {
            return !one.exact().equals(other.exact());
        }
        RegexConfig regex = one.regex() != null ? one.regex() : other.regex();
        String exact = one.exact() != null ? one.exact() : other.exact();
        return regex != null && exact != null && !Pattern.compile(regex.source()).matcher(exact).matches();
    }
}

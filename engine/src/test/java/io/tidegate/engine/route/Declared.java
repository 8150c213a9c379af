package io.tidegate.engine.route;

import io.tidegate.config.GrpcMatchConfig;
import io.tidegate.config.HostPattern;
import io.tidegate.config.MatchConfig;
import io.tidegate.config.PathPattern;
import io.tidegate.config.RegexConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.EncodedSlash;
import io.tidegate.config.RouteConfig.Timeouts;
import io.tidegate.config.RouteConfig.TrailingSlash;
import io.tidegate.config.ValueMatch;
import io.tidegate.config.WebSocketConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Routes written as one line: words separated by spaces, each a condition of one match.
///
/// `host:a.com path:/a/{b} regex:/x+ GET POST header:x-a=1 header:x-b header:!x-c header:x-d~[0-9]+ query:q=1
/// precedence:2 slash:same | path:/second`
final class Declared {

    private Declared() {
    }

    static RouteConfig route(String text) {
        List<MatchConfig> matches = new ArrayList<>();
        int precedence = 0;
        TrailingSlash slash = TrailingSlash.STRICT;
        for (String part : text.split("\\|", -1)) {
            Words words = new Words();
            for (String word : part.trim().split(" ", -1)) {
                if (word.startsWith("precedence:")) {
                    precedence = Integer.parseInt(word.substring(11));
                } else if (word.startsWith("slash:")) {
                    slash = TrailingSlash.valueOf(word.substring(6).toUpperCase(java.util.Locale.ROOT));
                } else if (!word.isEmpty()) {
                    words.read(word);
                }
            }
            matches.add(words.match());
        }
        return route(matches, precedence, slash);
    }

    static RouteConfig route(List<MatchConfig> matches, int precedence, TrailingSlash slash) {
        return new RouteConfig(List.of(), matches, precedence, "up", null, null, List.of(),
                new Timeouts(null, null, null, null, null), null, null, null, null, true, false,
                new WebSocketConfig(true, Duration.ofSeconds(60), null, null, null), false, EncodedSlash.REJECT,
                RouteConfig.PathParameters.REJECT, slash, false, RouteConfig.Criticality.NORMAL);
    }

    /// A table of routes separated by `;`, named a, b, c … in their order.
    static RouteTable<String> lettered(String routes) {
        Map<String, RouteConfig> declared = new LinkedHashMap<>();
        char name = 'a';
        for (String route : routes.split(";", -1)) {
            declared.put(String.valueOf(name++), route(route));
        }
        return table(declared);
    }

    static RouteTable<String> table(Map<String, RouteConfig> routes) {
        RouteTable.Builder<String> builder = RouteTable.builder();
        routes.forEach((name, config) -> builder.add(name, name, config));
        return builder.build();
    }

    private static final class Words {

        private final List<HostPattern> hosts = new ArrayList<>();
        private final List<String> methods = new ArrayList<>();
        private final Map<String, ValueMatch> headers = new LinkedHashMap<>();
        private final Map<String, ValueMatch> query = new LinkedHashMap<>();
        private String path = "";
        private String regex = "";
        private @Nullable GrpcMatchConfig grpc;

        void read(String word) {
            if (word.startsWith("host:")) {
                hosts.add(HostPattern.of(word.substring(5)));
            } else if (word.startsWith("path:")) {
                path = word.substring(5);
            } else if (word.startsWith("regex:")) {
                regex = word.substring(6);
            } else if (word.startsWith("grpc:")) {
                String[] names = word.substring(5).split("/", -1);
                grpc = new GrpcMatchConfig(names[0].isEmpty() ? null : names[0], names[1].isEmpty() ? null : names[1]);
            } else if (word.startsWith("header:")) {
                value(word.substring(7), headers);
            } else if (word.startsWith("query:")) {
                value(word.substring(6), query);
            } else {
                methods.add(word);
            }
        }

        private static void value(String text, Map<String, ValueMatch> into) {
            int equals = text.indexOf('=');
            int tilde = text.indexOf('~');
            if (tilde >= 0) {
                into.put(text.substring(0, tilde),
                        new ValueMatch(null, null, RegexConfig.of(text.substring(tilde + 1))));
            } else if (equals >= 0) {
                into.put(text.substring(0, equals), ValueMatch.of(text.substring(equals + 1).replace('_', ' ')));
            } else if (text.startsWith("!")) {
                into.put(text.substring(1), new ValueMatch(null, false, null));
            } else {
                into.put(text, new ValueMatch(null, true, null));
            }
        }

        MatchConfig match() {
            return new MatchConfig(hosts, path.isEmpty() ? null : PathPattern.of(path),
                    regex.isEmpty() ? null : RegexConfig.of(regex), methods, headers, Map.of(), query, grpc);
        }
    }
}

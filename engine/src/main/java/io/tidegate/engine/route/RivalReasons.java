package io.tidegate.engine.route;

import io.tidegate.config.PathPattern;
import io.tidegate.config.ValueMatch;
import io.tidegate.engine.route.Candidate.Form;
import io.tidegate.engine.route.Search.Misfit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts into words why a candidate won or lost.
final class RivalReasons {

    private final Search search;
    private final String path;

    RivalReasons(Search search, String path) {
        this.search = search;
        this.path = path;
    }

    String won(Candidate candidate, String host) {
        String text = "matches " + host + ", " + pathText(candidate);
        return switch (candidate.form()) {
            case DECLARED -> text;
            case SLASH_SAME -> text + ", the slash at the end set aside";
            case SLASH_REDIRECT -> text + ", redirected to its form of the slash at the end";
        };
    }

    String host(Candidate candidate, String host) {
        String wanted = candidate.match().hosts().stream().map(Object::toString).collect(Collectors.joining(" or "));
        return "host " + (host.isEmpty() ? "(none)" : host) + " is not " + wanted;
    }

    String path(Candidate candidate) {
        return "path " + path + " is not " + pathText(candidate);
    }

    String misfit(Candidate candidate, Misfit misfit) {
        return switch (misfit) {
            case METHOD -> candidate.terms().anyMethod()
                    ? "another route names method OPTIONS"
                    : "method " + search.method() + " is not one of "
                            + String.join(", ", candidate.match().methods());
            case HEADER -> header(candidate);
            case QUERY -> query(candidate);
            case PATH, NONE -> path(candidate);
        };
    }

    private String header(Candidate candidate) {
        for (ValueTest test : candidate.terms().headers()) {
            if (!search.headerFits(test)) {
                if (test.asksForGrpc()) {
                    String type = search.values().header(search.input(), test.name());
                    return type == null
                            ? "it is no gRPC call: header content-type is missing"
                            : "it is no gRPC call: header content-type is '" + type + "'";
                }
                return value(test.what(), test.wanted(), search.field(test));
            }
        }
        throw new IllegalStateException("every header of '" + candidate.name() + "' fits");
    }

    private String query(Candidate candidate) {
        for (ValueTest test : candidate.terms().query()) {
            if (!search.queryFits(test)) {
                List<String> values = search.values().query(search.input(), test.name());
                String first = values.stream().filter(value -> !test.test(value)).findFirst().orElse(null);
                return value(test.what(), test.wanted(), first);
            }
        }
        throw new IllegalStateException("every query parameter of '" + candidate.name() + "' fits");
    }

    private static String value(String what, ValueMatch wanted, @Nullable String value) {
        if (value == null) {
            return what + " is missing";
        }
        if (wanted.present() != null) {
            return what + " is present";
        }
        return wanted.regex() != null
                ? what + " is '" + value + "', which does not match " + wanted.regex()
                : what + " is '" + value + "', not '" + wanted.exact() + "'";
    }

    /// Why `candidate`, which matches too, ranks behind `winner`.
    String lessSpecific(Candidate candidate, String host, Candidate winner, String winnerHost) {
        if (!host.equals(winnerHost)) {
            return against("host " + host, winnerHost);
        }
        if (!samePath(candidate.match().path(), winner.match().path())
                || (candidate.match().path() == null && !sameExpression(candidate, winner))) {
            return against(pathText(candidate), pathText(winner));
        }
        if (candidate.form() != winner.form() && winner.form() == Form.DECLARED) {
            return against(pathText(candidate) + " but for the slash at the end", pathText(winner));
        }
        if (candidate.terms().anyMethod() != winner.terms().anyMethod()) {
            return against("every method", String.join(", ", winner.match().methods()));
        }
        int headers = candidate.terms().headers().size();
        int query = candidate.terms().query().size();
        if (headers != winner.terms().headers().size()) {
            return against(headers + " header fields", winner.terms().headers().size() + "");
        }
        if (query != winner.terms().query().size()) {
            return against(query + " query parameters", winner.terms().query().size() + "");
        }
        if (candidate.precedence() != winner.precedence()) {
            return "lower precedence: " + candidate.precedence() + " against " + winner.precedence();
        }
        return candidate.name().equals(winner.name())
                ? "equal rank: a later match of the same route"
                : "equal rank: its name comes after " + winner.name();
    }

    private static String against(String loser, String winner) {
        return "less specific: " + loser + " against " + winner;
    }

    private static boolean samePath(@Nullable PathPattern a, @Nullable PathPattern b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return PathShape.same(a, b);
    }

    private static boolean sameExpression(Candidate a, Candidate b) {
        return (a.terms().regex() == null) == (b.terms().regex() == null);
    }

    private static String pathText(Candidate candidate) {
        if (candidate.match().path() != null) {
            return candidate.match().path().toString();
        }
        return candidate.terms().regex() != null ? candidate.terms().regex().toString() : "any path";
    }
}

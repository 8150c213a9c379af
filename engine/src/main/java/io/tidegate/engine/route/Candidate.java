package io.tidegate.engine.route;

import io.tidegate.config.MatchConfig;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way to match a route: one of its matches, in one of the forms of its path.
///
/// @param route
///            index of the route
/// @param name
///            name of the route
/// @param number
///            index of the match in the route
/// @param precedence
///            breaks a tie of equal rank, higher first
/// @param form
///            the form of the path
/// @param terms
///            what must hold beside host and path pattern
record Candidate(int route, String name, int number, int precedence, Form form, Terms terms) {

    /// The form of the path in which a candidate is found.
    enum Form {
        /// As the route declares it.
        DECLARED,
        /// With a slash more or less at the end, served all the same.
        SLASH_SAME,
        /// With a slash more or less at the end, redirected.
        SLASH_REDIRECT
    }

    /// What must hold beside host and path pattern, shared by the forms of a match.
    ///
    /// @param match
    ///            as declared
    /// @param methods
    ///            bits of the methods, `HEAD` added where there is `GET`; [Methods#ANY] for every method
    /// @param plain
    ///            whether host, path pattern and method decide alone
    /// @param headers
    ///            header fields
    /// @param query
    ///            query parameters
    /// @param regex
    ///            expression for the whole path, where the match has one
    record Terms(MatchConfig match, long methods, boolean plain, List<ValueTest> headers, List<ValueTest> query,
            @Nullable PathExpression regex) {

        static Terms of(MatchConfig match, long methods, List<ValueTest> headers, List<ValueTest> query,
                @Nullable PathExpression regex) {
            boolean plain = headers.isEmpty() && query.isEmpty() && regex == null;
            return new Terms(match, methods, plain, headers, query, regex);
        }

        boolean anyMethod() {
            return methods == Methods.ANY;
        }
    }

    /// The rank of candidates that match the same host and the same shape of a path, best first. A path in the form
    /// in which a route declares it is more specific than one that differs by the slash at its end.
    static final Comparator<Candidate> RANK = Candidate::compare;

    private static int compare(Candidate a, Candidate b) {
        int result = Boolean.compare(a.form != Form.DECLARED, b.form != Form.DECLARED);
        if (result == 0) {
            result = Boolean.compare(a.terms.anyMethod(), b.terms.anyMethod());
        }
        if (result == 0) {
            result = Integer.compare(b.terms.headers().size(), a.terms.headers().size());
        }
        if (result == 0) {
            result = Integer.compare(b.terms.query().size(), a.terms.query().size());
        }
        if (result == 0) {
            result = Integer.compare(b.precedence, a.precedence);
        }
        if (result == 0) {
            result = a.name.compareTo(b.name);
        }
        return result == 0 ? Integer.compare(a.number, b.number) : result;
    }

    MatchConfig match() {
        return terms.match();
    }
}

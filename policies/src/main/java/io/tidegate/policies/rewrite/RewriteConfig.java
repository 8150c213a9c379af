package io.tidegate.policies.rewrite;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.policies.Template;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Configuration of `rewrite`.
@Doc("Sends another path, query or host upstream than the client asked for. The path is rewritten in one way: by `path`, by `stripPrefix` and `addPrefix`, or by `regex` and `replacement`.")
public record RewriteConfig(
        @Doc("The new path. `{name}` stands for a path parameter of the route, as one segment; `{name**}` for one that holds the rest.") @Nullable String path,

        @Doc("Whole segments taken away at the front, `/api`. A path that does not begin with them is left as it is.") @Nullable String stripPrefix,

        @Doc("Whole segments put in front, `/v2`; with `stripPrefix`, in place of what that takes away.") @Nullable String addPrefix,

        @Doc("A regular expression, looked for in the canonical path. Matched in linear time. A path without a match is left as it is.") @Nullable String regex,

        @Doc("What replaces each match of `regex`. `$1` to `$9` stand for its groups, `$0` for the match, `$$` for a dollar sign.") @Nullable String replacement,

        @Doc("Changes to the query.") @Default("{}") QueryChanges query,

        @Doc("Host, with a port where needed, that goes upstream in `Host`.") @Nullable String host) {

    /// Refuses none and more than one way, and what can be no path or host.
    public RewriteConfig {
        int ways = (path != null ? 1 : 0) + (stripPrefix != null || addPrefix != null ? 1 : 0)
                + (regex != null || replacement != null ? 1 : 0);
        if (ways > 1) {
            throw new IllegalArgumentException(
                    "must rewrite the path in one way: 'path', 'stripPrefix' and 'addPrefix', or 'regex' and 'replacement'");
        }
        if (ways == 0 && query.isEmpty() && host == null) {
            throw new IllegalArgumentException(
                    "must change something: 'path', 'stripPrefix', 'addPrefix', 'regex', 'query' or 'host' has to be given");
        }
        if ((regex == null) != (replacement == null)) {
            throw new IllegalArgumentException("must have both 'regex' and 'replacement', or neither");
        }
        if (path != null) {
            PathTemplate.compile(path);
        }
        if (regex != null && replacement != null) {
            RegexReplacement.compile(regex, replacement);
        }
        if (stripPrefix != null) {
            PathText.prefix("stripPrefix", stripPrefix);
        }
        if (addPrefix != null) {
            PathText.prefix("addPrefix", addPrefix);
        }
        if (host != null && !isAuthority(host)) {
            throw new IllegalArgumentException(
                    "'host' must be a host such as orders.internal or orders.internal:8080 (was '" + host + "')");
        }
    }

    private static boolean isAuthority(String text) {
        int colon = text.lastIndexOf(':');
        boolean port = colon > text.lastIndexOf(']');
        String host = port ? text.substring(0, colon) : text;
        if (port) {
            String digits = text.substring(colon + 1);
            if (!digits.matches("[1-9][0-9]{0,4}") || Integer.parseInt(digits) > 65535) {
                return false;
            }
        }
        return host.length() <= 253
                && (host.matches(
                        "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
                        || host.matches("\\[[0-9A-Fa-f:.]+]"));
    }

    /// Changes to the query, made in this order: remove, set.
    @Doc("Changes to the query. Other parameters stay as they are.")
    public record QueryChanges(
            @Doc("Parameters and the value that replaces all of theirs. Placeholders such as `{request.id}` stand for what is known of the request; values are percent-encoded.") @Default("{}") Map<String, String> set,

            @Doc("Parameters that are removed.") @Default("[]") List<String> remove) {

        /// Refuses templates that are none, and parameters without a name.
        public QueryChanges {
            set.forEach((name, value) -> {
                checkName(name);
                Template.compile(value, Template.Target.TEXT);
            });
            remove.forEach(QueryChanges::checkName);
            for (String name : remove) {
                if (set.containsKey(name)) {
                    throw new IllegalArgumentException(
                            "'" + name + "' is both set and removed: 'set' replaces every value already");
                }
            }
        }

        private static void checkName(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a query parameter must have a name");
            }
        }

        boolean isEmpty() {
            return set.isEmpty() && remove.isEmpty();
        }
    }
}

package io.tidegate.policies.rewrite;

import io.tidegate.api.Exchange;
import io.tidegate.policies.Escape;
import io.tidegate.policies.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Removes and sets query parameters. The others stay, byte by byte and in their order.
final class QueryRewrite {

    private final Set<String> removed;
    private final List<Parameter> set;

    /// A parameter to set.
    ///
    /// @param encodedName
    ///            percent-encoded, with its equals sign
    private record Parameter(String encodedName, Template value, @Nullable String encodedConstant) {
    }

    QueryRewrite(RewriteConfig.QueryChanges changes) {
        this.removed = new HashSet<>(changes.remove());
        this.set = new ArrayList<>();
        changes.set().forEach((name, value) -> {
            removed.add(name);
            set.add(parameter(name, value));
        });
    }

    private static Parameter parameter(String name, String value) {
        Template template = Template.compile(value, Template.Target.TEXT);
        StringBuilder encodedName = new StringBuilder();
        Escape.component(encodedName, name);
        String constant = template.constant();
        StringBuilder encodedConstant = new StringBuilder();
        if (constant != null) {
            Escape.component(encodedConstant, constant);
        }
        return new Parameter(encodedName.append('=').toString(), template,
                constant == null ? null : encodedConstant.toString());
    }

    void apply(Exchange exchange) {
        String query = exchange.request().query();
        if (set.isEmpty() && (query == null || !holdsRemoved(query))) {
            return;
        }
        StringBuilder out = new StringBuilder((query == null ? 0 : query.length()) + 64);
        if (query != null) {
            keepOthers(query, out);
        }
        for (Parameter parameter : set) {
            separate(out);
            out.append(parameter.encodedName());
            if (parameter.encodedConstant() != null) {
                out.append(parameter.encodedConstant());
            } else {
                Escape.component(out, parameter.value().expand(exchange));
            }
        }
        exchange.request().setQuery(out.isEmpty() ? null : out.toString());
    }

    private boolean holdsRemoved(String query) {
        int start = 0;
        while (start <= query.length()) {
            int end = end(query, start);
            if (removed.contains(name(query, start, end))) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private void keepOthers(String query, StringBuilder out) {
        int start = 0;
        while (start <= query.length()) {
            int end = end(query, start);
            if (end > start && !removed.contains(name(query, start, end))) {
                separate(out);
                out.append(query, start, end);
            }
            start = end + 1;
        }
    }

    private static void separate(StringBuilder out) {
        if (!out.isEmpty()) {
            out.append('&');
        }
    }

    private static int end(String query, int start) {
        int end = query.indexOf('&', start);
        return end < 0 ? query.length() : end;
    }

    /// The decoded name of a parameter: `%61` and `a` are one name, as services see it.
    private static String name(String query, int start, int end) {
        int equals = query.indexOf('=', start);
        String name = query.substring(start, equals < 0 || equals > end ? end : equals);
        if (name.indexOf('%') < 0 && name.indexOf('+') < 0) {
            return name;
        }
        return QueryText.decode(name);
    }
}

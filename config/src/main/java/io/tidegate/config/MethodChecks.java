package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Checks a list of methods.
final class MethodChecks {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE",
            "PATCH");

    private MethodChecks() {
    }

    static void run(CheckContext context, List<String> methods, Object... at) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < methods.size(); i++) {
            String method = methods.get(i);
            String upper = method.toUpperCase(Locale.ROOT);
            if (!Tokens.isToken(method)) {
                context.error("must be a method such as GET (was '" + method + "')", below(at, i));
            } else if (!METHODS.contains(method) && METHODS.contains(upper)) {
                context.error("methods are told apart by case (was '" + method + "', did you mean '" + upper + "'?)",
                        below(at, i));
            } else if (!seen.add(method)) {
                context.error("'" + method + "' stands there twice", below(at, i));
            }
        }
    }
}

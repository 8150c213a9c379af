package io.tidegate.policies;

import io.tidegate.api.Exchange;
import io.tidegate.api.FieldSyntax;
import org.jspecify.annotations.Nullable;

/// What a `{…}` in a template can stand for.
enum Placeholder {
    CLIENT_ADDRESS("client.address"), REQUEST_ID("request.id"), REQUEST_HOST("request.host"), REQUEST_PATH(
            "request.path"), REQUEST_METHOD("request.method"), REQUEST_SCHEME("request.scheme"), ROUTE(
                    "route"), PATH_PARAMETER("path."), HEADER("header.");

    private static final Placeholder[] ALL = values();

    private final String key;

    Placeholder(String key) {
        this.key = key;
    }

    /// The placeholder written as `name`, or null.
    static @Nullable Placeholder find(String name) {
        for (Placeholder placeholder : ALL) {
            if (placeholder.takesArgument()
                    ? name.startsWith(placeholder.key) && name.length() > placeholder.key.length()
                    : name.equals(placeholder.key)) {
                return placeholder;
            }
        }
        return null;
    }

    /// Whether `text` begins like a placeholder.
    static boolean begins(String text) {
        for (Placeholder placeholder : ALL) {
            if (text.startsWith(placeholder.key)) {
                return true;
            }
        }
        return false;
    }

    /// How the placeholder nearest to `name` is written.
    static String nearest(String name) {
        String best = "request.id";
        int least = Integer.MAX_VALUE;
        for (Placeholder placeholder : ALL) {
            int dot = name.indexOf('.') + 1;
            String candidate = placeholder.takesArgument() && dot > 0
                    ? placeholder.key + name.substring(dot)
                    : placeholder.takesArgument() ? placeholder.key + "NAME" : placeholder.key;
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /// Number of characters to insert, delete or replace to make `b` of `a`.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    private boolean takesArgument() {
        return key.endsWith(".");
    }

    /// What is behind the key in `name`.
    String argument(String name) {
        String argument = name.substring(key.length());
        if (this == HEADER && !FieldSyntax.isName(argument)) {
            throw new IllegalArgumentException("'" + argument + "' in '{" + name + "}' must be a header name");
        }
        return argument;
    }

    /// What it stands for in this exchange; empty where the request has no such thing.
    String value(Exchange exchange, String argument) {
        String value = switch (this) {
            case CLIENT_ADDRESS -> exchange.client().address();
            case REQUEST_ID -> exchange.id();
            case REQUEST_HOST -> exchange.request().host();
            case REQUEST_PATH -> exchange.request().path();
            case REQUEST_METHOD -> exchange.request().method();
            case REQUEST_SCHEME -> exchange.request().scheme();
            case ROUTE -> exchange.route();
            case PATH_PARAMETER -> exchange.request().pathParameter(argument);
            case HEADER -> exchange.request().headers().get(argument);
        };
        return value == null ? "" : value;
    }
}

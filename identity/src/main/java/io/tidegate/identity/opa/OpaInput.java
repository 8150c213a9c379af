package io.tidegate.identity.opa;

import io.tidegate.api.Exchange;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an agent is told of a request. Two requests of which it is told the same are the same bytes.
final class OpaInput {

    private final OpaConfig config;
    private final List<String> headers;

    OpaInput(OpaConfig config) {
        this.config = config;
        this.headers = config.headers().stream().map(name -> name.toLowerCase(Locale.ROOT)).sorted().distinct()
                .toList();
    }

    /// The body of a question.
    byte[] of(Exchange exchange) {
        Request request = exchange.request();
        Map<String, Object> input = new TreeMap<>();
        Map<String, @Nullable Object> nothing = new LinkedHashMap<>();
        for (OpaConfig.Part part : config.input()) {
            switch (part) {
                case METHOD -> input.put("method", request.method());
                case PATH -> input.put("path", segments(request.path()));
                case QUERY -> input.put("query", parameters(request));
                case HOST -> {
                    input.put("host", request.host());
                    input.put("scheme", request.scheme());
                }
                case ADDRESS -> input.put("address", exchange.client().address());
                case PRINCIPAL -> {
                    Principal principal = exchange.principal();
                    if (principal == null) {
                        nothing.put("principal", null);
                    } else {
                        input.put("principal", principal(principal));
                    }
                }
                case ROUTE -> input.put("route", String.valueOf(exchange.route()));
            }
        }
        if (!headers.isEmpty()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name : headers) {
                List<String> values = request.headers().all(name);
                if (!values.isEmpty()) {
                    fields.put(name, values);
                }
            }
            input.put("headers", fields);
        }
        nothing.putAll(input);
        Map<String, Object> body = Map.of("input", nothing);
        return JsonWriter.write(body);
    }

    private static Map<String, Object> principal(Principal principal) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("method", principal.method());
        said.put("subject", principal.subject());
        if (principal.issuer() != null) {
            said.put("issuer", principal.issuer());
        }
        if (principal.consumer() != null) {
            said.put("consumer", principal.consumer().name());
        }
        said.put("groups", new TreeSet<>(principal.groups()));
        said.put("scopes", new TreeSet<>(principal.scopes()));
        said.put("claims", new TreeMap<>(principal.claims()));
        return said;
    }

    private static Map<String, List<String>> parameters(Request request) {
        Map<String, List<String>> all = new TreeMap<>();
        String query = request.query();
        if (query != null && !query.isEmpty()) {
            for (String parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals), true);
                if (!parameter.isEmpty()) {
                    all.computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(equals < 0 ? "" : decoded(parameter.substring(equals + 1), true));
                }
            }
        }
        return all;
    }

    /// The segments of a path that the gateway has brought to its form: no dots, no empty ones but the last.
    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            segments.add(decoded(segment, false));
        }
        return segments;
    }

    /// A text with its percent escapes replaced; escapes that are none stay as they are.
    private static String decoded(String text, boolean plus) {
        if (text.indexOf('%') < 0 && (!plus || text.indexOf('+') < 0)) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(plus && c == '+' ? ' ' : c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}

package io.tidegate.identity.signature;

import io.tidegate.api.Request;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is signed of a request (RFC 9421 section 2.5). The path is the canonical one, which is the one that is served.
final class SignatureBase {

    private SignatureBase() {
    }

    /// The text; null where the request lacks something that is covered, or has it in a way that can't be signed.
    static byte @Nullable [] of(Request request, MessageSignature signature) {
        StringBuilder base = new StringBuilder(256);
        for (MessageSignature.Component component : signature.components()) {
            String value = component.name().startsWith("@")
                    ? derived(request, component)
                    : field(request, component.name());
            if (value == null) {
                return null;
            }
            base.append(component.identifier()).append(": ").append(value).append('\n');
        }
        base.append("\"@signature-params\": ").append(signature.parameters());
        return base.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String field(Request request, String name) {
        List<String> values = request.headers().all(name);
        return values.isEmpty() ? null : values.stream().map(String::strip).collect(Collectors.joining(", "));
    }

    private static @Nullable String derived(Request request, MessageSignature.Component component) {
        String query = request.query();
        return switch (component.name()) {
            case "@method" -> request.method();
            case "@scheme" -> request.scheme();
            case "@authority" -> authority(request);
            case "@path" -> request.path();
            case "@query" -> "?" + (query == null ? "" : query);
            case "@request-target" -> target(request);
            case "@target-uri" -> {
                String authority = authority(request);
                yield authority == null ? null : request.scheme() + "://" + authority + target(request);
            }
            case "@query-param" -> component.parameter() == null ? null : parameter(request, component.parameter());
            default -> null;
        };
    }

    private static String target(Request request) {
        String query = request.query();
        return query == null ? request.path() : request.path() + "?" + query;
    }

    /// Without the port that the scheme stands for (RFC 9421 section 2.2.3); null where the client named no host.
    private static @Nullable String authority(Request request) {
        String authority = request.authority().toLowerCase(Locale.ROOT);
        String port = request.scheme().equals("https") ? ":443" : ":80";
        if (authority.isEmpty()) {
            return null;
        }
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    /// A parameter that is there once, encoded anew (RFC 9421 section 2.2.8).
    private static @Nullable String parameter(Request request, String encodedName) {
        String name;
        try {
            name = java.net.URLDecoder.decode(encodedName, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        List<String> values = request.queryParameter(name);
        return values.size() == 1 && encoded(name).equals(encodedName) ? encoded(values.getFirst()) : null;
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '*'
                    || b == '-'
                    || b == '.' || b == '_';
            if (plain) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}

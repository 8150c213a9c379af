package io.tidegate.policies;

import io.tidegate.api.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text with placeholders for what is known of a request, compiled once.
///
/// `{client.address}`, `{request.id}`, `{request.host}`, `{request.path}`, `{request.method}`, `{request.scheme}`,
/// `{route}`, `{path.NAME}` for a path parameter and `{header.NAME}` for a header field of the request. `{{` is a
/// brace; a brace that no name in braces follows is one too, so JSON needs no escapes. What a request does not have is
/// empty.
public final class Template {

    /// Where the text goes, and so what the values of placeholders must not do to it.
    public enum Target {
        /// A header field. What can't stand there is left to be refused; other than ASCII is UTF-8.
        FIELD,
        /// A URL. Values can't begin another part of it; only a path keeps its slashes.
        URL,
        /// Plain text. Nothing is escaped.
        TEXT,
        /// A JSON document, within a string.
        JSON,
        /// An HTML or XML document, within text or a quoted attribute.
        MARKUP
    }

    private final Target target;
    private final @Nullable String constant;
    private final List<Part> parts;

    private Template(Target target, @Nullable String constant, List<Part> parts) {
        this.target = target;
        this.constant = constant;
        this.parts = parts;
    }

    /// A literal, or a placeholder and its argument.
    private record Part(@Nullable Placeholder placeholder, String text) {
    }

    /// Compiles a text.
    ///
    /// @throws IllegalArgumentException
    ///             for a placeholder that there is not
    public static Template compile(String source, Target target) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < source.length()) {
            char c = source.charAt(i);
            if (c != '{') {
                literal.append(c);
                i++;
                continue;
            }
            if (source.startsWith("{{", i)) {
                literal.append('{');
                i += 2;
                continue;
            }
            int end = endOfName(source, i + 1);
            if (end < 0) {
                if (Placeholder.begins(source.substring(i + 1))) {
                    throw new IllegalArgumentException("'" + source.substring(i)
                            + "' must have a closing brace, or begin with '{{' where a brace is meant");
                }
                literal.append('{');
                i++;
                continue;
            }
            if (!literal.isEmpty()) {
                parts.add(new Part(null, literal.toString()));
                literal.setLength(0);
            }
            parts.add(placeholder(source.substring(i + 1, end)));
            i = end + 1;
        }
        if (parts.isEmpty()) {
            return new Template(target, literal.toString(), List.of());
        }
        if (!literal.isEmpty()) {
            parts.add(new Part(null, literal.toString()));
        }
        return new Template(target, null, List.copyOf(parts));
    }

    private static Part placeholder(String name) {
        Placeholder placeholder = Placeholder.find(name);
        if (placeholder == null) {
            throw new IllegalArgumentException("unknown placeholder '{" + name + "}' (did you mean '{"
                    + Placeholder.nearest(name) + "}'? A brace itself is written '{{')");
        }
        return new Part(placeholder, placeholder.argument(name));
    }

    /// Where the closing brace of a name that begins at `start` is; -1 where there is no name in braces.
    private static int endOfName(String source, int start) {
        int i = start;
        while (i < source.length()) {
            char c = source.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (c == '}') {
                return i > start ? i : -1;
            }
            if (!letter && (i == start || !((c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))) {
                return -1;
            }
            i++;
        }
        return -1;
    }

    /// The text, if it has no placeholder, else null.
    public @Nullable String constant() {
        return constant;
    }

    /// The text for this exchange. Allocates nothing where there is no placeholder.
    public String expand(Exchange exchange) {
        if (constant != null) {
            return constant;
        }
        StringBuilder out = new StringBuilder(64);
        for (Part part : parts) {
            Placeholder placeholder = part.placeholder();
            if (placeholder == null) {
                out.append(part.text());
            } else {
                append(out, placeholder, placeholder.value(exchange, part.text()));
            }
        }
        return out.toString();
    }

    private void append(StringBuilder out, Placeholder placeholder, String value) {
        switch (target) {
            case FIELD -> out.append(placeholder == Placeholder.PATH_PARAMETER ? asFieldText(value) : value);
            case TEXT -> out.append(value);
            case JSON -> Escape.json(out, value);
            case MARKUP -> Escape.markup(out, value);
            case URL -> {
                switch (placeholder) {
                    case REQUEST_PATH, REQUEST_HOST -> out.append(value);
                    case PATH_PARAMETER -> Escape.path(out, value);
                    default -> Escape.component(out, value);
                }
            }
        }
    }

    private static String asFieldText(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7F) {
                return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return value;
    }
}

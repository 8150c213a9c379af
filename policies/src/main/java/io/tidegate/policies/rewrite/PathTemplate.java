package io.tidegate.policies.rewrite;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Request;
import io.tidegate.policies.Escape;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A path made from the path parameters of the route.
///
/// What a parameter stood for is escaped again before it goes into the path, so its bytes stay data: `{name}` is one
/// segment, and the slashes of `{name**}` are those that separated segments in the request.
///
/// @param parts
///            literals and parameters in their order
record PathTemplate(List<Part> parts) implements PathRewrite {

    /// The template names a path parameter that the route does not have.
    static final Fault NO_PARAMETER = new Fault("rewrite.no_parameter", 500, "The request could not be processed",
            Fault.Party.GATEWAY);

    /// What a part stands for.
    enum Kind {
        LITERAL, SEGMENT, REST
    }

    /// A part of the path: a literal in canonical form, or the name of a parameter.
    record Part(Kind kind, String text) {
    }

    /// Compiles a template.
    ///
    /// @throws IllegalArgumentException
    ///             where it can't be a path
    static PathTemplate compile(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("'path' must begin with a slash (was '" + text + "')");
        }
        List<Part> parts = new ArrayList<>();
        StringBuilder outline = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int open = text.indexOf('{', i);
            int end = open < 0 ? text.length() : open;
            if (end > i) {
                String literal = literal(text.substring(i, end));
                outline.append(literal);
                parts.add(new Part(Kind.LITERAL, literal));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            String name = close < 0 ? "" : text.substring(open + 1, close);
            boolean rest = name.endsWith("**");
            name = rest ? name.substring(0, name.length() - 2) : name;
            if (!name.matches("[A-Za-z][A-Za-z0-9_]*")) {
                throw new IllegalArgumentException(
                        "'path' must have a path parameter such as {id} or {rest**} in braces (was '" + text + "')");
            }
            outline.append('x');
            parts.add(new Part(rest ? Kind.REST : Kind.SEGMENT, name));
            i = close + 1;
        }
        if (PathText.hasDotSegment(outline.toString()) || outline.indexOf("//") >= 0) {
            throw new IllegalArgumentException("'path' has an empty or a dot segment (was '" + text + "')");
        }
        return new PathTemplate(List.copyOf(parts));
    }

    private static String literal(String text) {
        try {
            return PathText.literal(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'path' " + e.getMessage(), e);
        }
    }

    @Override
    public @Nullable String rewrite(Request request) {
        if (parts.size() == 1 && parts.getFirst().kind() == Kind.LITERAL) {
            return parts.getFirst().text();
        }
        StringBuilder out = new StringBuilder(64);
        for (Part part : parts) {
            if (part.kind() == Kind.LITERAL) {
                out.append(part.text());
                continue;
            }
            String value = request.pathParameter(part.text());
            if (value == null) {
                throw new FaultException(NO_PARAMETER);
            }
            if (part.kind() == Kind.SEGMENT) {
                Escape.segment(out, value);
            } else {
                rest(out, request.path(), value);
            }
        }
        return PathText.checked(out.toString());
    }

    /// Appends the end of the path that `value` is the decoded form of, its escapes as they were: an escaped slash in
    /// it is not one that separates. Where an earlier rewrite has taken the end away, the value is escaped anew, if
    /// that can't be mistaken.
    private static void rest(StringBuilder out, String path, String value) {
        for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
            String end = path.substring(slash + 1);
            String decoded = decoded(end);
            if (decoded.equals(value)) {
                out.append(end);
                return;
            }
            if (decoded.length() > value.length()) {
                break;
            }
        }
        if (PathText.hasDotSegment(value) || value.startsWith("/") || value.contains("//") || value.contains("\\")) {
            throw new FaultException(Fault.PATH_ENC_SLASH);
        }
        Escape.path(out, value);
    }

    private static String decoded(String path) {
        return path.indexOf('%') < 0
                ? path
                : URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

package io.tidegate.policies.rewrite;

import io.tidegate.api.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.safere.Matcher;
import org.safere.Pattern;

/// Replaces every match of a regular expression in the canonical path. A result without a slash in front gets one.
///
/// @param parts
///            literals, and groups as their number
record RegexReplacement(Pattern pattern, List<Part> parts) implements PathRewrite {

    /// A literal, or a group where `group` is not negative.
    record Part(int group, String literal) {
    }

    /// Compiles both.
    ///
    /// @throws IllegalArgumentException
    ///             where one of them is none
    static RegexReplacement compile(String regex, String replacement) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("'regex' must be a regular expression: " + e.getMessage(), e);
        }
        int groups = pattern.matcher("").groupCount();
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < replacement.length()) {
            char c = replacement.charAt(i);
            if (c != '$') {
                literal.append(c);
                i++;
                continue;
            }
            char next = i + 1 < replacement.length() ? replacement.charAt(i + 1) : ' ';
            i += 2;
            if (next == '$') {
                literal.append('$');
            } else if (next >= '0' && next <= '9') {
                if (next - '0' > groups) {
                    throw new IllegalArgumentException("'replacement' names group $" + next + ", but 'regex' has "
                            + groups + (groups == 1 ? " group" : " groups"));
                }
                addLiteral(parts, literal);
                parts.add(new Part(next - '0', ""));
            } else {
                throw new IllegalArgumentException(
                        "'replacement' must have a digit or another '$' behind each '$' (was '" + replacement + "')");
            }
        }
        addLiteral(parts, literal);
        return new RegexReplacement(pattern, List.copyOf(parts));
    }

    private static void addLiteral(List<Part> parts, StringBuilder literal) {
        if (literal.isEmpty()) {
            return;
        }
        try {
            parts.add(new Part(-1, PathText.literal(literal.toString())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'replacement' " + e.getMessage(), e);
        }
        literal.setLength(0);
    }

    @Override
    public @Nullable String rewrite(Request request) {
        String path = request.path();
        Matcher matcher = pattern.matcher(path);
        if (!matcher.find()) {
            return null;
        }
        StringBuilder out = new StringBuilder(path.length() + 16);
        int behind = 0;
        do {
            out.append(path, behind, matcher.start());
            for (Part part : parts) {
                String text = part.group() < 0 ? part.literal() : matcher.group(part.group());
                if (text != null) {
                    out.append(text);
                }
            }
            behind = matcher.end();
        } while (matcher.find());
        out.append(path, behind, path.length());
        if (out.isEmpty() || out.charAt(0) != '/') {
            out.insert(0, '/');
        }
        return PathText.checked(out.toString());
    }
}

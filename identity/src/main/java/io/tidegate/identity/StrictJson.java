package io.tidegate.identity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads JSON (RFC 8259) that was written by somebody who is not trusted, and takes it only where all readers agree on
/// what it says.
///
/// Refused are: what is no UTF-8, a member name that stands twice (RFC 8725 section 2.4), more than [#MAX_DEPTH]
/// levels, numbers that fit neither a `long` nor a `double`, and halves of surrogate pairs. Members and elements that
/// are `null` are left out: they say nothing. How long a text may be is for the caller to bound.
public final class StrictJson {

    /// Most objects and arrays inside each other.
    public static final int MAX_DEPTH = 16;

    private static final int MAX_NUMBER_CHARACTERS = 40;

    private final String text;
    private int at;
    private int depth;

    private StrictJson(String text) {
        this.text = text;
    }

    /// Says that a text is no JSON as it is taken here. Carries no stack trace, and nothing of the text.
    public static final class MalformedException extends Exception {

        private static final long serialVersionUID = 1L;

        /// Says what was expected.
        public MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /// Reads an object in UTF-8: texts, `Long`s, `Double`s, `Boolean`s, lists and maps of them, none of which can be
    /// changed.
    ///
    /// @throws MalformedException
    ///             where it is no object, or none that is taken
    public static Map<String, Object> object(byte[] utf8) throws MalformedException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("must be UTF-8");
        }
        return object(text);
    }

    /// Reads an object from text.
    ///
    /// @throws MalformedException
    ///             where it is no object, or none that is taken
    public static Map<String, Object> object(String text) throws MalformedException {
        StrictJson reader = new StrictJson(text);
        reader.space();
        reader.expect('{');
        Map<String, Object> object = reader.members();
        reader.space();
        if (reader.at != text.length()) {
            throw reader.unexpected();
        }
        return object;
    }

    private Map<String, Object> members() throws MalformedException {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        Set<String> absent = new HashSet<>();
        space();
        if (!skip('}')) {
            do {
                space();
                expect('"');
                String name = string();
                space();
                expect(':');
                Object value = value();
                boolean twice = value == null
                        ? !absent.add(name) || members.containsKey(name)
                        : absent.contains(name) || members.put(name, value) != null;
                if (twice) {
                    throw new MalformedException("a member name stands twice");
                }
                space();
            } while (skip(','));
            expect('}');
        }
        depth--;
        return Collections.unmodifiableMap(members);
    }

    private List<Object> elements() throws MalformedException {
        enter();
        List<Object> elements = new ArrayList<>();
        space();
        if (!skip(']')) {
            do {
                Object value = value();
                if (value != null) {
                    elements.add(value);
                }
                space();
            } while (skip(','));
            expect(']');
        }
        depth--;
        return List.copyOf(elements);
    }

    private void enter() throws MalformedException {
        if (++depth > MAX_DEPTH) {
            throw new MalformedException("has more than " + MAX_DEPTH + " levels");
        }
    }

    private @Nullable Object value() throws MalformedException {
        space();
        char first = at < text.length() ? text.charAt(at) : 0;
        switch (first) {
            case '{' -> {
                at++;
                return members();
            }
            case '[' -> {
                at++;
                return elements();
            }
            case '"' -> {
                at++;
                return string();
            }
            case 't' -> {
                word("true");
                return true;
            }
            case 'f' -> {
                word("false");
                return false;
            }
            case 'n' -> {
                word("null");
                return null;
            }
            default -> {
                return number();
            }
        }
    }

    private void word(String word) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
    }

    private Object number() throws MalformedException {
        int start = at;
        skip('-');
        if (!skip('0')) {
            digits();
        }
        boolean whole = true;
        if (skip('.')) {
            whole = false;
            digits();
        }
        if (skip('e') || skip('E')) {
            whole = false;
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        if (at - start > MAX_NUMBER_CHARACTERS) {
            throw new MalformedException("has a number of more than " + MAX_NUMBER_CHARACTERS + " characters");
        }
        String digits = text.substring(start, at);
        if (whole && digits.length() < 19) {
            return Long.valueOf(digits);
        }
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            throw new MalformedException("has a number that is too large");
        }
        return value;
    }

    private void digits() throws MalformedException {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw unexpected();
        }
    }

    /// What stands up to the next quotation mark; the first has been taken.
    private String string() throws MalformedException {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                return text.substring(start, at++);
            }
            if (c == '\\') {
                return escaped(start);
            }
            if (c < ' ') {
                throw unexpected();
            }
            at++;
        }
        throw unexpected();
    }

    private String escaped(int start) throws MalformedException {
        StringBuilder string = new StringBuilder().append(text, start, at);
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return whole(string);
            }
            if (c < ' ') {
                throw unexpected();
            }
            string.append(c == '\\' ? escape() : c);
        }
        throw unexpected();
    }

    /// Other texts came as UTF-8, where there are no halves.
    private static String whole(StringBuilder string) throws MalformedException {
        boolean high = false;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isLowSurrogate(c) != high) {
                throw new MalformedException("has half of a surrogate pair");
            }
            high = Character.isHighSurrogate(c);
        }
        if (high) {
            throw new MalformedException("has half of a surrogate pair");
        }
        return string.toString();
    }

    private char escape() throws MalformedException {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw unexpected();
        };
    }

    private char unit() throws MalformedException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = at < text.length() ? text.charAt(at++) : 0;
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw unexpected();
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private void space() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return;
            }
            at++;
        }
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws MalformedException {
        if (!skip(c)) {
            throw unexpected();
        }
    }

    private MalformedException unexpected() {
        return new MalformedException("is no JSON at character " + at);
    }
}

package io.tidegate.identity.signature;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads dictionaries of structured fields (RFC 9651 section 4.2), strictly: what is not well-formed is refused as a
/// whole, and so is a key that stands twice, of which that RFC would take the last.
///
/// Items are [Long], [BigDecimal], [String], [Token], [Bytes] and [Boolean]; dates and display strings are not known.
final class StructuredText {

    /// Most characters of a field, and most members of anything in it.
    static final int MOST = 8192;
    private static final int MOST_MEMBERS = 64;

    private final String text;
    private int at;

    /// A member of a dictionary.
    ///
    /// @param inner
    ///            the items of an inner list
    /// @param isList
    ///            whether it is one
    /// @param item
    ///            what it is where it is none: the value alone, with no items within
    record Member(boolean isList, List<Item> inner, Object item, Map<String, Object> parameters) {
    }

    /// An item of an inner list.
    record Item(Object value, Map<String, Object> parameters) {
    }

    /// A word.
    record Token(String text) {
    }

    /// A byte sequence.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] value) {
    }

    /// The field is not well-formed.
    static final class SyntaxException extends Exception {

        private static final long serialVersionUID = 1L;

        SyntaxException() {
            super("no structured field", null, false, false);
        }
    }

    private StructuredText(String text) {
        this.text = text;
    }

    /// Reads a dictionary.
    ///
    /// @throws SyntaxException
    ///             where it is none, or is too long
    static Map<String, Member> dictionary(String text) throws SyntaxException {
        if (text.length() > MOST) {
            throw new SyntaxException();
        }
        StructuredText reader = new StructuredText(text);
        Map<String, Member> members = new LinkedHashMap<>();
        reader.skip(false);
        while (reader.at < text.length()) {
            String key = reader.key();
            Member member = reader.peek() == '=' ? reader.member() : reader.flag();
            if (members.put(key, member) != null || members.size() > MOST_MEMBERS) {
                throw new SyntaxException();
            }
            reader.skip(true);
            if (reader.at == text.length()) {
                break;
            }
            reader.expect(',');
            reader.skip(true);
            if (reader.at == text.length()) {
                throw new SyntaxException();
            }
        }
        return members;
    }

    private Member flag() throws SyntaxException {
        return new Member(false, List.of(), true, parameters());
    }

    private Member member() throws SyntaxException {
        expect('=');
        if (peek() != '(') {
            Object item = bare();
            return new Member(false, List.of(), item, parameters());
        }
        expect('(');
        List<Item> items = new ArrayList<>();
        while (true) {
            skip(false);
            if (peek() == ')') {
                expect(')');
                return new Member(true, items, items, parameters());
            }
            Object value = bare();
            items.add(new Item(value, parameters()));
            if (items.size() > MOST_MEMBERS || (peek() != ' ' && peek() != ')')) {
                throw new SyntaxException();
            }
        }
    }

    private Map<String, Object> parameters() throws SyntaxException {
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (peek() == ';') {
            expect(';');
            skip(false);
            String key = key();
            Object value = true;
            if (peek() == '=') {
                expect('=');
                value = bare();
            }
            if (parameters.put(key, value) != null || parameters.size() > MOST_MEMBERS) {
                throw new SyntaxException();
            }
        }
        return parameters;
    }

    private String key() throws SyntaxException {
        int start = at;
        char first = peek();
        if (first != '*' && !isLower(first)) {
            throw new SyntaxException();
        }
        while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private Object bare() throws SyntaxException {
        char first = peek();
        if (first == '"') {
            return string();
        }
        if (first == ':') {
            return bytes();
        }
        if (first == '?') {
            expect('?');
            char value = peek();
            at++;
            if (value != '0' && value != '1') {
                throw new SyntaxException();
            }
            return value == '1';
        }
        if (first == '-' || isDigit(first)) {
            return number();
        }
        if (first == '*' || isLower(first) || (first >= 'A' && first <= 'Z')) {
            return token();
        }
        throw new SyntaxException();
    }

    private Object number() throws SyntaxException {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int digits = digits();
        if (peek() != '.') {
            if (digits < 1 || digits > 15) {
                throw new SyntaxException();
            }
            return Long.valueOf(text.substring(start, at));
        }
        at++;
        int fraction = digits();
        if (digits < 1 || digits > 12 || fraction < 1 || fraction > 3) {
            throw new SyntaxException();
        }
        return new BigDecimal(text.substring(start, at));
    }

    private int digits() {
        int start = at;
        while (isDigit(peek())) {
            at++;
        }
        return at - start;
    }

    private String string() throws SyntaxException {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\') {
                c = peek();
                at++;
                if (c != '"' && c != '\\') {
                    throw new SyntaxException();
                }
            } else if (c < ' ' || c > '~') {
                throw new SyntaxException();
            }
            value.append(c);
        }
    }

    private Token token() {
        int start = at;
        while (isLower(peek()) || isDigit(peek()) || (peek() >= 'A' && peek() <= 'Z')
                || (peek() != 0 && "!#$%&'*+-.^_`|~:/".indexOf(peek()) >= 0)) {
            at++;
        }
        return new Token(text.substring(start, at));
    }

    private Bytes bytes() throws SyntaxException {
        expect(':');
        int end = text.indexOf(':', at);
        if (end < 0) {
            throw new SyntaxException();
        }
        try {
            byte[] value = Base64.getDecoder().decode(text.substring(at, end));
            at = end + 1;
            return new Bytes(value);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException();
        }
    }

    /// The next character; NUL at the end, where none stands.
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void expect(char c) throws SyntaxException {
        if (peek() != c) {
            throw new SyntaxException();
        }
        at++;
    }

    private void skip(boolean tabs) {
        while (peek() == ' ' || (tabs && peek() == '\t')) {
            at++;
        }
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Writes a string (RFC 9651 section 4.1.6).
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

package io.tidegate.identity.signature;

import io.tidegate.identity.signature.StructuredText.Bytes;
import io.tidegate.identity.signature.StructuredText.Item;
import io.tidegate.identity.signature.StructuredText.Member;
import io.tidegate.identity.signature.StructuredText.SyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A signature that a request has: what it covers, and what it says of itself (RFC 9421 section 2.3).
///
/// @param components
///            what is covered, in its order
/// @param parameters
///            the last line of the signature base, as it is written strictly
/// @param created
///            in seconds since 1970
/// @param value
///            the signature itself
@SuppressWarnings("ArrayRecordComponent") // never compared
record MessageSignature(List<Component> components, String parameters, long created, @Nullable Long expires,
        @Nullable String nonce, @Nullable String algorithm, String keyId, @Nullable String tag, byte[] value) {

    private static final int MOST_NONCE = 255;

    /// What is covered.
    ///
    /// @param parameter
    ///            the name of the parameter of the query; null for everything but `@query-param`
    record Component(String name, @Nullable String parameter) {

        /// As it stands in the signature base.
        String identifier() {
            String quoted = StructuredText.quoted(name);
            return parameter == null ? quoted : quoted + ";name=" + StructuredText.quoted(parameter);
        }
    }

    /// Reads the signature of a request.
    ///
    /// @param label
    ///            which one; null where there must be one alone
    /// @throws SyntaxException
    ///             where there is none of that label or several, and where anything of it is not understood: a
    ///             parameter that is ignored is one that the client thinks is heeded
    static MessageSignature read(String input, String signature, @Nullable String label) throws SyntaxException {
        Map<String, Member> inputs = StructuredText.dictionary(input);
        Map<String, Member> signatures = StructuredText.dictionary(signature);
        if (label == null && (inputs.size() != 1 || signatures.size() != 1)) {
            throw new SyntaxException();
        }
        String wanted = label == null ? inputs.keySet().iterator().next() : label;
        Member covered = inputs.get(wanted);
        Member value = signatures.get(wanted);
        if (covered == null || !covered.isList() || value == null || !(value.item() instanceof Bytes(byte[] bytes))) {
            throw new SyntaxException();
        }
        return of(components(covered.inner()), covered.parameters(), bytes);
    }

    private static List<Component> components(List<Item> items) throws SyntaxException {
        List<Component> components = new ArrayList<>();
        Set<Component> seen = new HashSet<>();
        for (Item item : items) {
            Component component = component(item);
            if (!seen.add(component)) {
                throw new SyntaxException();
            }
            components.add(component);
        }
        return components;
    }

    private static Component component(Item item) throws SyntaxException {
        if (!(item.value() instanceof String name) || !name.equals(name.toLowerCase(java.util.Locale.ROOT))) {
            throw new SyntaxException();
        }
        if (name.equals("@query-param") && item.parameters().size() == 1
                && item.parameters().get("name") instanceof String parameter) {
            return new Component(name, parameter);
        }
        if (name.equals("@query-param") || !item.parameters().isEmpty()) {
            throw new SyntaxException();
        }
        return new Component(name, null);
    }

    private static MessageSignature of(List<Component> components, Map<String, Object> given, byte[] value)
            throws SyntaxException {
        StringBuilder text = new StringBuilder("(");
        for (Component component : components) {
            text.append(text.length() == 1 ? "" : " ").append(component.identifier());
        }
        text.append(')');
        for (Map.Entry<String, Object> parameter : given.entrySet()) {
            text.append(';').append(parameter.getKey()).append('=').append(switch (parameter.getKey()) {
                case "created", "expires" -> seconds(parameter.getValue());
                case "nonce", "alg", "keyid", "tag" -> StructuredText.quoted(text(parameter.getValue()));
                default -> throw new SyntaxException();
            });
        }
        Object created = given.get("created");
        Object keyId = given.get("keyid");
        if (created == null || keyId == null) {
            throw new SyntaxException();
        }
        Object expires = given.get("expires");
        return new MessageSignature(components, text.toString(), seconds(created),
                expires == null ? null : seconds(expires), optional(given.get("nonce")), optional(given.get("alg")),
                text(keyId), optional(given.get("tag")), value);
    }

    private static long seconds(Object value) throws SyntaxException {
        if (value instanceof Long seconds && seconds >= 0) {
            return seconds;
        }
        throw new SyntaxException();
    }

    private static @Nullable String optional(@Nullable Object value) throws SyntaxException {
        return value == null ? null : text(value);
    }

    private static String text(Object value) throws SyntaxException {
        if (value instanceof String text && text.length() <= MOST_NONCE) {
            return text;
        }
        throw new SyntaxException();
    }

    /// Whether it covers this, be it as a part of another.
    boolean covers(String name) {
        if (has(name)) {
            return true;
        }
        return switch (name) {
            case "@target-uri" -> has("@authority") && ((has("@path") && has("@query")) || has("@request-target"));
            case "@authority", "@scheme" -> has("@target-uri");
            case "@path", "@query" -> has("@target-uri") || has("@request-target");
            case "@request-target" -> has("@target-uri") || (has("@path") && has("@query"));
            default -> false;
        };
    }

    private boolean has(String name) {
        return components.contains(new Component(name, null));
    }
}

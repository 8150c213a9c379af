package io.tidegate.control.json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A value of JSON that is looked into without knowing whether anything is there: what is missing, or of another kind
/// than asked for, is nothing.
public final class JsonTree {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final JsonTree NOTHING = new JsonTree(null);

    /// A map, a list, a text, a number, a truth value, or null.
    private final @Nullable Object value;

    private JsonTree(@Nullable Object value) {
        this.value = value;
    }

    /// Reads one value. How deep it may be is bounded by the parser; how long, by whoever read the bytes.
    ///
    /// @throws IOException
    ///             where it is no JSON
    public static JsonTree read(byte[] bytes) throws IOException {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            JsonToken first = json.nextToken();
            return new JsonTree(first == null ? null : value(json, first));
        } catch (JacksonException e) {
            throw new IOException("its answer is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static @Nullable Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    fields.put(name, value(json, json.nextToken()));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
                    items.add(value(json, next));
                }
                yield items;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /// The member of this name.
    public JsonTree get(String name) {
        return value instanceof Map<?, ?> fields && fields.get(name) != null
                ? new JsonTree(fields.get(name))
                : NOTHING;
    }

    /// Whether it is a list.
    public boolean isList() {
        return value instanceof List<?>;
    }

    /// The items of a list; a single value stands for a list of one.
    public List<JsonTree> items() {
        if (value instanceof List<?> list) {
            return list.stream().map(JsonTree::new).toList();
        }
        return value == null ? List.of() : List.of(this);
    }

    /// A text that is not empty; null for anything else.
    public @Nullable String text() {
        return value instanceof String text && !text.isEmpty() ? text : null;
    }

    /// A whole number, or a text that is one; `otherwise` for anything else.
    public int number(int otherwise) {
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        return value instanceof String text && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    /// A truth value, or a text that is one; `otherwise` for anything else.
    public boolean flag(boolean otherwise) {
        return switch (value) {
            case Boolean flag -> flag;
            case String text when text.equals("true") || text.equals("false") -> text.equals("true");
            case null, default -> otherwise;
        };
    }
}

package io.tidegate.engine.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads lines of the access log as any reader of JSON would.
final class JsonLines {

    private JsonLines() {
    }

    /// The members of the one object that `line` holds, in their order; numbers as they are written.
    static Map<String, String> read(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (members.put(name, parser.getString()) != null) {
                    throw new AssertionError("twice in one line: " + name);
                }
            }
            expect(parser.currentToken(), JsonToken.END_OBJECT);
            if (parser.nextToken() != null) {
                throw new AssertionError("more than one object in " + line);
            }
        }
        return members;
    }

    private static void expect(JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}

package io.tidegate.policies.grpcjson;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.tidegate.api.Body;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads JSON as RFC 8259 has it, and nothing that is nearly JSON: no comments, no bare words, no second value behind
/// the first.
final class JsonReading {

    private JsonReading() {
    }

    /// The value that a body is.
    static JsonElement read(Body body) throws BadRequestException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(body.bytes()).toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException("the body is not UTF-8");
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement value = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadRequestException("the body is more than one JSON value");
            }
            return value;
        } catch (JsonParseException | IOException | IllegalStateException | StackOverflowError e) {
            throw new BadRequestException("the body is not JSON");
        }
    }
}

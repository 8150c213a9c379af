package io.tidegate.policies.grpcjson;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tidegate.api.Body;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the message that a method takes of a request of HTTP: of its body, its query and its path, each of which goes
/// before those named before it.
///
/// All of them become one JSON value first, which [JsonFormat] then makes the message of: what a text may stand for is
/// decided in one place.
final class RequestMessage {

    private final PathTable.Match match;
    private final JsonFormat.Parser parser;
    private final boolean ignoreUnknown;

    /// @param ignoreUnknown
    ///            whether query parameters that are no fields are left out
    RequestMessage(PathTable.Match match, JsonFormat.Parser parser, boolean ignoreUnknown) {
        this.match = match;
        this.parser = parser;
        this.ignoreUnknown = ignoreUnknown;
    }

    /// The message as gRPC writes it, without its frame.
    ///
    /// @param query
    ///            with its escapes, null for none
    byte[] make(Body body, @Nullable String query) throws BadRequestException {
        Binding binding = match.binding();
        JsonElement whole = new JsonObject();
        FieldDescriptor field = binding.body();
        if (binding.wholeBody() && body.length() > 0) {
            whole = JsonReading.read(body);
        } else if (field != null && body.length() > 0) {
            whole.getAsJsonObject().add(field.getJsonName(), JsonReading.read(body));
        }
        if (query != null && !query.isEmpty() && !binding.wholeBody()) {
            addQuery(object(whole), query);
        }
        List<PathTemplate.Variable> variables = binding.path().variables();
        for (int i = 0; i < variables.size(); i++) {
            put(binding.variables().get(i), object(whole), value(variables.get(i)));
        }
        DynamicMessage.Builder message = DynamicMessage.newBuilder(binding.method().getInputType());
        try {
            parser.merge(whole.toString(), message);
        } catch (InvalidProtocolBufferException e) {
            throw new BadRequestException(String.valueOf(e.getMessage()));
        }
        if (!message.isInitialized()) {
            throw new BadRequestException("lacks " + String.join(", ", message.findInitializationErrors()));
        }
        return message.build().toByteArray();
    }

    private static JsonObject object(JsonElement whole) throws BadRequestException {
        if (!whole.isJsonObject()) {
            throw new BadRequestException("the body must be a JSON object");
        }
        return whole.getAsJsonObject();
    }

    private static void put(FieldPath field, JsonObject whole, String value) throws BadRequestException {
        try {
            field.put(whole, value);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(String.valueOf(e.getMessage()));
        }
    }

    // The query.

    private void addQuery(JsonObject whole, String query) throws BadRequestException {
        Set<FieldPath> given = new HashSet<>();
        for (String parameter : query.split("&", -1)) {
            if (!parameter.isEmpty()) {
                int equals = parameter.indexOf('=');
                String name = decode(equals < 0 ? parameter : parameter.substring(0, equals), true, false);
                String value = equals < 0 ? "" : decode(parameter.substring(equals + 1), true, false);
                add(whole, given, name, value);
            }
        }
    }

    private void add(JsonObject whole, Set<FieldPath> given, String name, String value) throws BadRequestException {
        FieldPath field = FieldPath.of(match.binding().method().getInputType(), name);
        if (field == null) {
            if (ignoreUnknown) {
                return;
            }
            throw new BadRequestException("the method has no query parameter '" + name + "'");
        }
        FieldDescriptor first = field.fields().getFirst();
        if (!field.isValue() || first.equals(match.binding().body())) {
            throw new BadRequestException("the field '" + name + "' can't be given in the query");
        }
        if (!given.add(field) && !field.isRepeated()) {
            throw new BadRequestException("the query parameter '" + name + "' is given twice");
        }
        put(field, whole, value);
    }

    // The path.

    private String value(PathTemplate.Variable variable) throws BadRequestException {
        List<String> segments = match.segments();
        boolean rest = match.binding().path().segments().get(variable.to() - 1).equals(PathTemplate.REST);
        int to = rest ? segments.size() : variable.to();
        StringBuilder value = new StringBuilder();
        for (int i = variable.from(); i < to; i++) {
            value.append(i > variable.from() ? "/" : "").append(decode(segments.get(i), false, variable.several()));
        }
        return value.toString();
    }

    /// Decodes percent escapes.
    ///
    /// @param form
    ///            whether a plus is a space
    /// @param keepSlashes
    ///            whether an encoded slash stays one, as where it would look like the end of a segment
    private static String decode(String text, boolean form, boolean keepSlashes) throws BadRequestException {
        if (text.indexOf('%') < 0 && !(form && text.indexOf('+') >= 0)) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0 && !(keepSlashes && (high << 4 | low) == '/')) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(form && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException("the path or the query is not UTF-8");
        }
    }
}

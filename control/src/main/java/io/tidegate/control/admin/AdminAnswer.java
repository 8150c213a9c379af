package io.tidegate.control.admin;

import java.io.StringWriter;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The answer to an admin request.
///
/// @param status
///            its HTTP status
/// @param contentType
///            the media type of the body
/// @param body
///            the whole of it, sent as UTF-8
/// @param headers
///            further header fields
public record AdminAnswer(int status, String contentType, String body, Map<String, String> headers) {

    /// The media type of answers.
    public static final String JSON = "application/json";

    /// The media type of errors (RFC 9457).
    public static final String PROBLEM = "application/problem+json";

    private static final JsonFactory FACTORY = new JsonFactory();

    /// An answer of JSON text that was made elsewhere.
    public static AdminAnswer json(int status, String text) {
        return new AdminAnswer(status, JSON, text, Map.of());
    }

    /// An answer of one JSON object, whose members are written by `members`.
    public static AdminAnswer json(int status, Consumer<JsonGenerator> members) {
        return json(status, object(members));
    }

    /// An error.
    ///
    /// @param detail
    ///            what was found and what was expected
    public static AdminAnswer problem(int status, String detail) {
        return problem(status, detail, json -> {});
    }

    /// An error with members of its own after the standard ones.
    public static AdminAnswer problem(int status, String detail, Consumer<JsonGenerator> members) {
        String body = object(json -> {
            json.writeStringProperty("type", "about:blank");
            json.writeStringProperty("title", title(status));
            json.writeNumberProperty("status", status);
            json.writeStringProperty("detail", detail);
            members.accept(json);
        });
        return new AdminAnswer(status, PROBLEM, body, Map.of());
    }

    /// This answer with these header fields and no others.
    AdminAnswer with(Map<String, String> fields) {
        return new AdminAnswer(status, contentType, body, fields);
    }

    private static String object(Consumer<JsonGenerator> members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}

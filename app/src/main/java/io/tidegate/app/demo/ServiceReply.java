package io.tidegate.app.demo;

import java.io.StringWriter;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a demo service answers.
///
/// @param status
///            status code
/// @param contentType
///            media type of the body
/// @param headers
///            further fields
/// @param body
///            the body
record ServiceReply(int status, String contentType, Map<String, String> headers, String body) {

    private static final JsonFactory JSON = new JsonFactory();

    /// 200 with a JSON body.
    static ServiceReply json(Consumer<JsonGenerator> body) {
        return new ServiceReply(200, "application/json", Map.of(), write(body));
    }

    /// 201 with a JSON body, and where to find it.
    static ServiceReply created(String location, Consumer<JsonGenerator> body) {
        return new ServiceReply(201, "application/json", Map.of("location", location), write(body));
    }

    /// An error as RFC 9457 has it.
    static ServiceReply problem(int status, String title, String detail) {
        return new ServiceReply(status, "application/problem+json", Map.of(), write(json -> {
            json.writeStartObject();
            json.writeStringProperty("title", title);
            json.writeNumberProperty("status", status);
            json.writeStringProperty("detail", detail);
            json.writeEndObject();
        }));
    }

    ServiceReply with(String name, String value) {
        return new ServiceReply(status, contentType, Map.of(name, value), body);
    }

    private static String write(Consumer<JsonGenerator> body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            body.accept(json);
        }
        return text + "\n";
    }
}

package io.tidegate.control;

import io.tidegate.config.TelemetryConfig.Log.Level;
import io.tidegate.control.admin.AdminRequest;
import io.tidegate.control.admin.ProblemException;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The body of a request for another log level: `{"level":"debug"}` and nothing else.
final class LogLevelRequest {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int BODY_LIMIT = 1024;

    private LogLevelRequest() {
    }

    /// Reads it.
    ///
    /// @throws ProblemException
    ///             400, if it is anything else
    static Level read(AdminRequest request) throws IOException {
        byte[] body = request.body(BODY_LIMIT);
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() == JsonToken.START_OBJECT && json.nextToken() == JsonToken.PROPERTY_NAME
                    && json.currentName().equals("level") && json.nextToken() == JsonToken.VALUE_STRING) {
                String name = json.getString();
                if (json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null) {
                    return level(name).orElseThrow(() -> new ProblemException(400,
                            "level must be one of " + AdminEndpoints.levels() + " (was '" + name + "')"));
                }
            }
        } catch (JacksonException e) {
            throw expected();
        }
        throw expected();
    }

    private static Optional<Level> level(String name) {
        return Stream.of(Level.values()).filter(level -> AdminEndpoints.name(level).equals(name)).findFirst();
    }

    private static ProblemException expected() {
        return new ProblemException(400,
                "the body must be {\"level\":\"…\"} with one of " + AdminEndpoints.levels());
    }
}

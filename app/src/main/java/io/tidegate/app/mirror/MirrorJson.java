package io.tidegate.app.mirror;

import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.engine.mirror.MirrorReport.Difference;
import io.tidegate.engine.mirror.MirrorReport.Example;
import io.tidegate.engine.mirror.MirrorReport.Latency;
import io.tidegate.engine.mirror.MirrorReport.Side;
import java.io.StringWriter;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes what came of mirrors as one JSON object.
public final class MirrorJson {

    private MirrorJson() {
    }

    /// The object on one line.
    ///
    /// @param reports
    ///            by name of the route
    public static String write(Map<String, MirrorReport> reports) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("mirrors");
            reports.forEach((route, report) -> {
                json.writeObjectPropertyStart(route);
                report(json, report);
                json.writeEndObject();
            });
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void report(JsonGenerator json, MirrorReport report) {
        json.writeStringProperty("upstream", report.upstream());
        counts(json, "results", report.results());
        counts(json, "skipped", report.skipped());
        counts(json, "uncompared", report.uncompared());
        counts(json, "faults", report.faults());
        json.writeObjectPropertyStart("latency");
        latency(json, "slower", report.slower());
        latency(json, "faster", report.faster());
        json.writeEndObject();
        json.writeArrayPropertyStart("examples");
        report.examples().forEach(example -> example(json, example));
        json.writeEndArray();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
        json.writeObjectPropertyStart(name);
        counts.forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void latency(JsonGenerator json, String name, Latency latency) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", latency.count());
        json.writeNumberProperty("seconds", latency.seconds());
        json.writeEndObject();
    }

    private static void example(JsonGenerator json, Example example) {
        json.writeStartObject();
        json.writeStringProperty("time", example.time().toString());
        json.writeStringProperty("requestId", example.requestId());
        json.writeStringProperty("request", example.request());
        json.writeStringProperty("result", example.result());
        side(json, "service", example.service());
        side(json, "mirror", example.mirror());
        json.writeArrayPropertyStart("differences");
        for (Difference difference : example.differences()) {
            json.writeStartObject();
            json.writeStringProperty("place", difference.place());
            json.writeStringProperty("service", difference.service());
            json.writeStringProperty("mirror", difference.mirror());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("more", example.more());
        json.writeEndObject();
    }

    private static void side(JsonGenerator json, String name, Side side) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("status", side.status());
        json.writeNumberProperty("seconds", side.seconds());
        json.writeEndObject();
    }
}

package io.tidegate.app.explain;

import io.tidegate.config.ConfigWriter;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Secrets;
import io.tidegate.engine.Explanation;
import io.tidegate.engine.Explanation.Candidate;
import io.tidegate.engine.Explanation.Limit;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes an explanation as one JSON object, long forms only, `***` in place of secrets.
public final class ExplanationJson {

    private final Secrets secrets;

    private ExplanationJson(Secrets secrets) {
        this.secrets = secrets;
    }

    /// The object on one line.
    ///
    /// @param secrets
    ///            of the configuration that the explanation is of
    public static String write(Explanation explanation, Secrets secrets) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, new ExplanationJson(secrets).fields(explanation));
        }
        return text.toString();
    }

    private Map<String, @Nullable Object> fields(Explanation explanation) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("listener", explanation.request().listener());
        request.put("method", explanation.request().method());
        request.put("host", explanation.request().host());
        request.put("path", explanation.request().path());
        request.put("query", explanation.request().query());
        String route = explanation.route();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("request", request);
        fields.put("outcome", explanation.outcome());
        fields.put("fault", Faults.fields(explanation.fault()));
        fields.put("route", route == null ? null : Map.of("name", route));
        fields.put("rivals", explanation.rivals().stream().map(this::rival).toList());
        fields.put("policies", explanation.policies().stream().map(this::policy).toList());
        fields.put("dropped", explanation.dropped().stream().map(dropped -> {
            Map<String, @Nullable Object> policy = policy(dropped.policy());
            policy.put("reason", dropped.reason());
            return policy;
        }).toList());
        fields.put("upstreams", explanation.upstreams().stream().map(this::upstream).toList());
        fields.put("timeouts", limits(explanation.timeouts()));
        fields.put("retry", limits(explanation.retry()));
        fields.put("hedge", limits(explanation.hedge()));
        fields.put("mirror", limits(explanation.mirror()));
        fields.put("criticality", explanation.criticality());
        fields.put("criticalityByConsumer", explanation.criticalityByConsumer());
        return fields;
    }

    private Map<String, @Nullable Object> rival(Candidate rival) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("route", rival.route());
        fields.put("match", rival.match());
        fields.put("path", "routes." + rival.route() + ".match[" + rival.match() + "]");
        fields.put("won", rival.won());
        fields.put("reason", secrets.hide(rival.reason()));
        return fields;
    }

    private Map<String, @Nullable Object> policy(PolicyConfig policy) {
        Map<String, @Nullable Object> from = new LinkedHashMap<>();
        from.put("path", policy.path());
        from.put("file", policy.place().file());
        from.put("line", policy.place().line());
        from.put("column", policy.place().column());
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(ConfigWriter.values(policy, secrets));
        fields.put("from", from);
        return fields;
    }

    private Map<String, @Nullable Object> upstream(Explanation.Target target) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("upstream", target.upstream());
        fields.put("share", target.share());
        if (target.when() != null) {
            fields.put("when", secrets.hide(target.when()));
        }
        fields.put("loadBalancing", target.loadBalancing());
        fields.put("endpoints", target.endpoints().stream().map(secrets::hide).toList());
        target.settings().forEach((key, value) -> fields.put(key, secrets.hide(value)));
        return fields;
    }

    private static Map<String, @Nullable Object> limits(Map<String, Limit> limits) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        limits.forEach((name, limit) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("value", limit.value());
            one.put("from", limit.origin());
            fields.put(name, one);
        });
        return fields;
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Map<?, ?> fields -> {
                json.writeStartObject();
                fields.forEach((key, inner) -> {
                    json.writeName(String.valueOf(key));
                    write(json, inner);
                });
                json.writeEndObject();
            }
            case List<?> items -> {
                json.writeStartArray();
                items.forEach(item -> write(json, item));
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
        }
    }
}

package io.tidegate.policies.respond;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.policies.FieldRules;
import io.tidegate.policies.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers. What has no placeholder is made once, for every request.
final class RespondPolicy implements Policy {

    private final Reply base;
    private final Map<String, Template> dynamicFields = new LinkedHashMap<>();
    private final @Nullable Template dynamicBody;
    private final String contentType;
    private final @Nullable Decision constant;

    RespondPolicy(RespondConfig config) {
        Template body = RespondConfig.compileBody(config.body(), config.contentType());
        Reply reply = Reply.of(config.status());
        for (Map.Entry<String, String> field : config.headers().entrySet()) {
            Template value = FieldRules.value(field.getKey(), field.getValue());
            if (value.constant() == null) {
                dynamicFields.put(field.getKey(), value);
            } else {
                reply = reply.withHeader(field.getKey(), value.constant());
            }
        }
        String text = body.constant();
        if (text != null && !text.isEmpty()) {
            reply = reply.withBody(config.contentType(), text);
        }
        this.base = reply;
        this.dynamicBody = text == null ? body : null;
        this.contentType = config.contentType();
        this.constant = text != null && dynamicFields.isEmpty() ? Decision.respond(reply) : null;
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (constant != null) {
            return constant;
        }
        Reply reply = base;
        for (Map.Entry<String, Template> field : dynamicFields.entrySet()) {
            String value = field.getValue().expand(exchange);
            if (!FieldSyntax.isValue(value)) {
                return Decision.fail(Fault.EMIT_CTL);
            }
            reply = reply.withHeader(field.getKey(), value);
        }
        if (dynamicBody != null) {
            reply = reply.withBody(contentType, dynamicBody.expand(exchange));
        }
        return Decision.respond(reply);
    }
}

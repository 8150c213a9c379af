package io.tidegate.policies.respond;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Range;
import io.tidegate.policies.FieldRules;
import io.tidegate.policies.Template;
import java.util.Locale;
import java.util.Map;

/// Configuration of `respond`.
@Doc("Answers every request itself; nothing goes upstream.")
public record RespondConfig(
        @Doc("Status of the answer.") @Default("200") @Range(min = 200, max = 599) int status,

        @Doc("The body. Placeholders such as `{request.id}` stand for what is known of the request, escaped as `contentType` asks for.") @Default("''") String body,

        @Doc("Media type of the body.") @Default("text/plain; charset=utf-8") String contentType,

        @Doc("Header fields of the answer. Placeholders as in `body`.") @Default("{}") Map<String, String> headers) {

    /// Refuses a body where none may be, placeholders where they can't be made safe, and fields that are not the
    /// policy's to write.
    public RespondConfig {
        if (!body.isEmpty() && (status == 204 || status == 205 || status == 304)) {
            throw new IllegalArgumentException("'body' must be left out: a " + status + " has none");
        }
        if (!FieldSyntax.isValue(contentType) || !essence(contentType).matches("[!-~&&[^/;,]]+/[!-~&&[^/;,]]+")) {
            throw new IllegalArgumentException(
                    "'contentType' must be a media type such as application/json (was '" + contentType + "')");
        }
        compileBody(body, contentType);
        headers.forEach((name, value) -> {
            if (name.equalsIgnoreCase("content-type")) {
                throw new IllegalArgumentException("'" + name + "' is written from 'contentType'");
            }
            FieldRules.checkName(name);
            FieldRules.value(name, value);
        });
        FieldRules.checkDistinct(headers.keySet());
    }

    private static String essence(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /// Compiles a body for its media type.
    static Template compileBody(String body, String contentType) {
        String essence = essence(contentType);
        Template.Target target = Template.Target.TEXT;
        if (essence.endsWith("/json") || essence.endsWith("+json")) {
            target = Template.Target.JSON;
        } else if (essence.equals("text/html") || essence.endsWith("/xml") || essence.endsWith("+xml")) {
            target = Template.Target.MARKUP;
        }
        Template template;
        try {
            template = Template.compile(body, target);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'body': " + e.getMessage(), e);
        }
        if (template.constant() == null && target == Template.Target.TEXT && !essence.equals("text/plain")) {
            throw new IllegalArgumentException("'body' has a placeholder, which can only be made safe in text/plain,"
                    + " JSON, HTML and XML ('contentType' is '" + contentType + "')");
        }
        return template;
    }
}

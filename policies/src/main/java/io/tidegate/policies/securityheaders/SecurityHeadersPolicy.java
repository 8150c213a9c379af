package io.tidegate.policies.securityheaders;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Headers;
import io.tidegate.api.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Adds the fields as told. All values are made once; nothing is allocated here for a response.
final class SecurityHeadersPolicy implements Policy {

    private static final String CONTENT_TYPE_OPTIONS = "x-content-type-options";
    private static final String STRICT_TRANSPORT_SECURITY = "strict-transport-security";

    private final String[] removed;
    private final ResponseField[] fields;
    private final @Nullable String strictTransportSecurity;

    SecurityHeadersPolicy(SecurityHeadersConfig config) {
        this.removed = config.remove().toArray(new String[0]);
        this.fields = compile(config);
        this.strictTransportSecurity = config.strictTransportSecurity().value();
    }

    /// A field that responses get.
    ///
    /// @param replaces
    ///            whether what a response has of it gives way; else the response keeps its own
    private record ResponseField(String name, String value, boolean replaces) {
    }

    private static ResponseField[] compile(SecurityHeadersConfig config) {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        values.put(CONTENT_TYPE_OPTIONS, word(config.contentTypeOptions()));
        values.put("referrer-policy", word(config.referrerPolicy()));
        // Its words have always been written in capitals.
        values.put("x-frame-options", upper(word(config.frameOptions())));
        values.put("cross-origin-opener-policy", word(config.crossOriginOpenerPolicy()));
        values.put("cross-origin-resource-policy", word(config.crossOriginResourcePolicy()));
        values.put("cross-origin-embedder-policy", word(config.crossOriginEmbedderPolicy()));
        values.put("content-security-policy", config.contentSecurityPolicy());
        values.put("content-security-policy-report-only", config.contentSecurityPolicyReportOnly());
        values.put("permissions-policy", config.permissionsPolicy());
        List<ResponseField> fields = new ArrayList<>();
        values.forEach((name, value) -> {
            if (value != null) {
                // There is one value that means something, so a service has no other to say.
                fields.add(new ResponseField(name, value, config.override() || name.equals(CONTENT_TYPE_OPTIONS)));
            }
        });
        return fields.toArray(new ResponseField[0]);
    }

    /// What stands in the field; null where nothing is said.
    private static @Nullable String word(Enum<?> choice) {
        return choice.name().equals("OFF") ? null : choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable String upper(@Nullable String word) {
        return word == null ? null : word.toUpperCase(Locale.ROOT);
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        Headers headers = exchange.response().headers();
        for (String name : removed) {
            remove(headers, name);
        }
        for (ResponseField field : fields) {
            if (field.replaces()) {
                headers.set(field.name(), field.value());
            } else if (!headers.contains(field.name())) {
                headers.add(field.name(), field.value());
            }
        }
        if (strictTransportSecurity != null) {
            sayStrictTransportSecurity(headers, strictTransportSecurity, exchange.request().scheme());
        }
        return Decision.next();
    }

    /// TLS ends here, so it is the gateway that says it, and only over TLS (RFC 6797 §7.2): a service that is spoken to
    /// in the clear can't know.
    private static void sayStrictTransportSecurity(Headers headers, String value, String scheme) {
        if (scheme.equals("https")) {
            headers.set(STRICT_TRANSPORT_SECURITY, value);
        } else {
            remove(headers, STRICT_TRANSPORT_SECURITY);
        }
    }

    // Most fields are not there, and to look costs less than to remove.
    private static void remove(Headers headers, String name) {
        if (headers.contains(name)) {
            headers.remove(name);
        }
    }
}

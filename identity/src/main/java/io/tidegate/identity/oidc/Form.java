package io.tidegate.identity.oidc;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parameters as forms write them (`application/x-www-form-urlencoded`).
final class Form {

    private final StringBuilder text = new StringBuilder();

    /// Adds a parameter.
    Form with(String name, String value) {
        text.append(text.isEmpty() ? "" : "&").append(encode(name)).append('=').append(encode(value));
        return this;
    }

    Form with(Map<String, String> parameters) {
        parameters.forEach(this::with);
        return this;
    }

    /// The URL with these parameters behind those that it has.
    String behind(URI url) {
        return url + (url.getRawQuery() == null ? "?" : "&") + text;
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The only value of a parameter in a form; null where it is not there, stands there twice or can't be read.
    static @Nullable String only(String form, String name) {
        List<String> values = new ArrayList<>(1);
        for (String pair : form.split("&", -1)) {
            int mark = pair.indexOf('=');
            try {
                if (mark > 0 && URLDecoder.decode(pair.substring(0, mark), StandardCharsets.UTF_8).equals(name)) {
                    values.add(URLDecoder.decode(pair.substring(mark + 1), StandardCharsets.UTF_8));
                }
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return values.size() == 1 ? values.getFirst() : null;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

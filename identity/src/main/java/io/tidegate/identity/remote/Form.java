package io.tidegate.identity.remote;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parameters as forms write them (`application/x-www-form-urlencoded`), in their order. Immutable.
public final class Form {

    /// What such a body is.
    public static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

    /// Without parameters.
    public static final Form EMPTY = new Form("");

    private final String text;

    private Form(String text) {
        this.text = text;
    }

    /// With a parameter more.
    public Form with(String name, String value) {
        return with(new Form(encode(name) + '=' + encode(value)));
    }

    /// With these parameters too.
    public Form with(Map<String, String> parameters) {
        Form all = this;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            all = all.with(parameter.getKey(), parameter.getValue());
        }
        return all;
    }

    /// With the parameters of another one behind its own.
    public Form with(Form more) {
        return text.isEmpty() ? more : more.text.isEmpty() ? this : new Form(text + '&' + more.text);
    }

    /// The URL with these parameters behind those that it has.
    public String behind(URI url) {
        return url + (url.getRawQuery() == null ? "?" : "&") + text;
    }

    /// The body that they make.
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// A name or a value as it stands in a form.
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The only value of a parameter in a form; null where it is not there, stands there twice or can't be read.
    public static @Nullable String only(String form, String name) {
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

    /// Without the parameters, which may be secret.
    @Override
    public String toString() {
        return "Form";
    }
}

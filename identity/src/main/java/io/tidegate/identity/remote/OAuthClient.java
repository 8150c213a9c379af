package io.tidegate.identity.remote;

import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller.Call;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gateway as a client of an authorization server. Immutable.
public final class OAuthClient {

    private final List<Field> headers;
    private final String body;

    /// A client with these credentials; null for one that the server knows by its certificate or address.
    ///
    /// @param accept
    ///            the media type that is asked for
    public OAuthClient(@Nullable OAuthClientConfig config, String accept) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("content-type", "application/x-www-form-urlencoded"));
        fields.add(new Field("accept", accept));
        String credentials = "";
        if (config != null && config.bearer() != null) {
            fields.add(new Field("authorization", "Bearer " + config.bearer()));
        } else if (config != null && config.id() != null) {
            String secret = config.secret();
            if (secret == null) {
                credentials = "&client_id=" + encoded(config.id());
            } else if (config.method() == OAuthClientConfig.Method.POST) {
                credentials = "&client_id=" + encoded(config.id()) + "&client_secret=" + encoded(secret);
            } else {
                String both = encoded(config.id()) + ':' + encoded(secret);
                fields.add(new Field("authorization",
                        "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.US_ASCII))));
            }
        }
        this.headers = List.copyOf(fields);
        this.body = credentials;
    }

    /// A question with these parameters and the client's credentials.
    ///
    /// @param parameters
    ///            names and values; at least one
    public Call call(URI endpoint, List<Field> parameters) {
        StringBuilder form = new StringBuilder();
        for (Field parameter : parameters) {
            form.append(form.isEmpty() ? "" : "&").append(encoded(parameter.name())).append('=')
                    .append(encoded(parameter.value()));
        }
        form.append(body);
        return new Call("POST", endpoint, headers, form.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Without the credentials.
    @Override
    public String toString() {
        return "OAuthClient";
    }
}

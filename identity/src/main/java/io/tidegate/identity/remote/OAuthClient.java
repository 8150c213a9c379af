package io.tidegate.identity.remote;

import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller.Call;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gateway as a client of an authorization server. Immutable.
public final class OAuthClient {

    private final List<Field> headers;
    private final Form credentials;

    /// A client with these credentials; null for one that the server knows by its certificate or address.
    ///
    /// @param accept
    ///            the media type that is asked for
    public OAuthClient(@Nullable OAuthClientConfig config, String accept) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("content-type", Form.MEDIA_TYPE));
        fields.add(new Field("accept", accept));
        Form shown = Form.EMPTY;
        if (config != null && config.bearer() != null) {
            fields.add(new Field("authorization", "Bearer " + config.bearer()));
        } else if (config != null && config.id() != null) {
            String secret = config.secret();
            if (secret == null) {
                shown = shown.with("client_id", config.id());
            } else if (config.method() == OAuthClientConfig.Method.POST) {
                shown = shown.with("client_id", config.id()).with("client_secret", secret);
            } else {
                String both = Form.encode(config.id()) + ':' + Form.encode(secret);
                fields.add(new Field("authorization",
                        "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.US_ASCII))));
            }
        }
        this.headers = List.copyOf(fields);
        this.credentials = shown;
    }

    /// A question with these parameters and the client's credentials.
    public Call call(URI endpoint, Form parameters) {
        return new Call("POST", endpoint, headers, parameters.with(credentials).bytes());
    }

    /// Without the credentials.
    @Override
    public String toString() {
        return "OAuthClient";
    }
}

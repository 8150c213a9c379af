package io.tidegate.identity.forwardauth;

import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Headers;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.api.Request;
import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.ServerUrl;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the service is asked, and what an answer depends on.
final class Questions {

    /// What ends a list.
    private static final @Nullable String NOTHING = null;

    private final URI url;
    private final String method;
    private final List<String> headers;
    private final List<String> by;

    Questions(ForwardAuthConfig config) {
        this.url = ServerUrl.of("url", config.url());
        this.method = config.includeBody() == null ? config.method().name() : "POST";
        this.headers = config.headers().stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().toList();
        this.by = config.cache() == null ? List.of() : config.cache().by().stream().sorted().toList();
    }

    /// A question about this request: some of its fields, and what the gateway itself knows of it.
    @SuppressWarnings("NullAway") // a question may go without a body: the annotation of an array is not seen
    Call about(Exchange exchange, byte @Nullable [] body) {
        Request request = exchange.request();
        List<Field> fields = new ArrayList<>();
        for (String name : headers) {
            request.headers().all(name).forEach(value -> fields.add(new Field(name, value)));
        }
        fields.add(new Field("x-forwarded-method", request.method()));
        fields.add(new Field("x-forwarded-proto", request.scheme()));
        fields.add(new Field("x-forwarded-host", request.authority()));
        String query = request.query();
        fields.add(new Field("x-forwarded-uri", query == null ? request.path() : request.path() + "?" + query));
        fields.add(new Field("x-forwarded-for", exchange.client().address()));
        fields.add(new Field("x-request-id", exchange.id()));
        return new Call(method, url, fields, body);
    }

    /// What an answer depends on: all fields that go along, and what is declared besides.
    Digest key(Exchange exchange) {
        Request request = exchange.request();
        Digest.Builder key = new Digest.Builder();
        for (String name : headers) {
            field(key, request.headers(), name);
        }
        for (String part : by) {
            switch (part) {
                case "method" -> key.add(request.method());
                case "host" -> key.add(request.authority());
                case "path" -> key.add(request.path());
                case "query" -> key.add(request.query());
                case "address" -> key.add(exchange.client().address());
                default -> field(key, request.headers(), part.substring("header.".length()));
            }
        }
        return key.build();
    }

    private static void field(Digest.Builder key, Headers headers, String name) {
        headers.all(name).forEach(key::add);
        key.add(NOTHING);
    }
}

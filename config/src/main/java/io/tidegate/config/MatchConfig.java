package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a request must be like: everything that is said must hold.
@Doc("What a request must be like: everything that is said must hold.")
public record MatchConfig(
        @Doc("Hosts, exact (`api.example.com`) or wildcard (`*.example.com`: one or more labels). Left out: every host.") @Default("[]") List<HostPattern> hosts,

        @Doc("A path pattern: `/orders` exactly, `/orders/**` with all below, `/orders/{id}` one segment, `/files/{path**}` the rest. Left out: every path.") @Nullable PathPattern path,

        @Doc("A regular expression for the whole canonical path, instead of `path`. Matched in linear time.") @Nullable RegexConfig pathRegex,

        @Doc("Methods. `GET` includes `HEAD`. Left out: every method.") @Default("[]") List<String> methods,

        @Doc("Header fields by name.") @Default("{}") Map<String, ValueMatch> headers,

        @Doc("Cookies by name, each counted as a header field where matches are ranked. Of several of one name, the first.") @Default("{}") Map<String, ValueMatch> cookies,

        @Doc("Query parameters by name.") @Default("{}") Map<String, ValueMatch> query,

        @Doc("A gRPC call, instead of `path` and `methods`: `{ service: shop.Orders, method: Get }`.") @Nullable GrpcMatchConfig grpc) {

    private static final List<String> POST = List.of("POST");

    /// The match in the terms of HTTP: a call of gRPC is a `POST` to `/service/method` of one of gRPC's media types.
    public MatchConfig inHttp() {
        if (grpc == null) {
            return this;
        }
        Map<String, ValueMatch> fields = new LinkedHashMap<>(headers);
        fields.put("content-type", GrpcMatchConfig.CONTENT_TYPE);
        return new MatchConfig(hosts, grpc.path(), null, POST, fields, cookies, query, grpc);
    }
}

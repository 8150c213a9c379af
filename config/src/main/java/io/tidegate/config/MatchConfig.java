package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
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

        @Doc("Query parameters by name.") @Default("{}") Map<String, ValueMatch> query) {
}

package io.tidegate.identity.opa;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import io.tidegate.identity.remote.FieldNames;
import io.tidegate.identity.remote.ServerUrl;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `opa`.
@Doc("Asks an Open Policy Agent whether a request may pass: `POST url/v1/data/path` with what is known of the request as `input`. The result is a truth value, or an object with `allow`, `status`, `headers` and `reason`; without a result the request is refused.")
public record OpaConfig(
        @Doc("The agent, such as `http://127.0.0.1:8181`.") String url,

        @Doc("The document that decides, such as `gateway/allow` for the rule `allow` of the package `gateway`.") String path,

        @Doc("What the agent is told of a request.") @Default("[method, path, query, host, address, principal]") @Range(min = 1) Set<Part> input,

        @Doc("Fields of the request that the agent is told of.") @Default("[]") List<String> headers,

        @Doc("Fields that the agent may put into a request that passes. What clients send under these names is taken out.") @Default("[]") List<String> requestHeaders,

        @Doc("Fields that the agent may put into the answer to a request that does not pass.") @Default("[WWW-Authenticate, Location]") List<String> responseHeaders,

        @Doc("A token that the agent asks for.") @Secret @Nullable String token,

        @Doc("How long a decision is kept for requests of which the agent would be told the same. 0s: it is asked for every request.") @Default("0s") Duration cacheFor,

        @Doc("Most decisions that are kept.") @Default("10000") @Range(min = 1, max = 1_000_000) int maxCached,

        @Doc("Most requests that wait for the agent; those beyond are answered 503.") @Default("1000") @Range(min = 1, max = 100_000) int maxWaiting,

        @Doc("How the agent is called.") @Default("{}") HttpClientConfig http) {

    private static final Set<String> OF_CLIENTS = Set.of("authorization", "cookie");

    /// What an agent is told of a request.
    public enum Part {
        @Doc("`method`.")
        METHOD, @Doc("`path`, a list of its segments, percent-decoded.")
        PATH, @Doc("`query`, a map from the names of parameters to lists of their values.")
        QUERY, @Doc("`host`, without a port, and `scheme`.")
        HOST, @Doc("`address` of the client.")
        ADDRESS, @Doc("`principal`: `method`, `subject`, `issuer`, `consumer`, `groups`, `scopes` and `claims`; null where nobody is known.")
        PRINCIPAL, @Doc("`route`.")
        ROUTE
    }

    /// Refuses what is no document, and fields that are the gateway's.
    public OpaConfig {
        ServerUrl.of("url", url);
        if (!path.matches("[A-Za-z0-9_.%-]+(/[A-Za-z0-9_.%-]+)*")) {
            throw new ConfigException("path", "must be a document such as gateway/allow (was '" + path + "')");
        }
        headers.forEach(name -> FieldNames.check("headers", name));
        responseHeaders.forEach(name -> FieldNames.check("responseHeaders", name));
        for (String name : requestHeaders) {
            FieldNames.checkRequest("requestHeaders", name);
            if (OF_CLIENTS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new ConfigException("requestHeaders", "must not hold '" + name + "', which clients send");
            }
        }
        if (token != null && (token.isBlank() || !FieldSyntax.isValue(token))) {
            throw new ConfigException("token", "must be a token (its value is hidden)");
        }
        if (cacheFor.isNegative() || cacheFor.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigException("cacheFor", "must be at most 60m");
        }
    }

    /// Without the token.
    @Override
    public String toString() {
        return "OpaConfig[" + url + ", " + path + "]";
    }
}

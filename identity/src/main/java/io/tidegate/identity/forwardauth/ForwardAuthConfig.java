package io.tidegate.identity.forwardauth;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.Named;
import io.tidegate.api.Range;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.remote.FieldNames;
import io.tidegate.identity.remote.ServerUrl;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `forwardAuth`.
@Doc("Asks a service of your own by HTTP whether a request may pass. An answer of 2xx lets it; 401, 403 and redirects go to the client; anything else means that nothing was decided.")
public record ForwardAuthConfig(
        @Doc("The service that is asked.") String url,

        @Doc("How it is asked. With `includeBody` it is `POST`.") @Default("get") Method method,

        @Doc("Fields of the request that go along.") @Default("[Authorization, Cookie]") List<String> headers,

        @Doc("Longest body that goes along, at most 1MiB; a request with a longer one is answered 413. Left out: no body goes along.") @Nullable ByteSize includeBody,

        @Doc("Fields of an answer of 2xx that are put into the request for the service behind. What clients send under these names is taken out.") @Default("[]") List<String> responseHeaders,

        @Doc("Fields of any other answer that go to the client.") @Default("[WWW-Authenticate, Location, Set-Cookie]") List<String> refusalHeaders,

        @Doc("Whether the body of an answer of 401 or 403 goes to the client. Otherwise the gateway's own does.") @Default("false") boolean refusalBody,

        @Doc("Field of an answer of 2xx with the name of who calls: a declared consumer. Left out: nobody is known by this policy.") @Nullable String consumer,

        @Doc("Field of an answer of 2xx with the groups of who calls, with commas between them.") @Nullable String groups,

        @Doc("What becomes of a caller that is no declared consumer.") @Default("refuse") UnknownConsumer unknownConsumer,

        @Doc("What becomes of requests while the service can't be asked, or answers with what decides nothing.") @Default("deny") OnFailure onFailure,

        @Doc("Keeps answers of 2xx. Left out: every request is asked about.") @Nullable CacheConfig cache,

        @Doc("Most requests that wait for the service; those beyond are treated as if it could not be asked.") @Default("1000") @Range(min = 1, max = 100_000) int maxWaiting,

        @Doc("How the service is called.") @Default("{}") HttpClientConfig http) {

    /// What clients send for themselves.
    static final Set<String> OF_CLIENTS = Set.of("authorization", "cookie");

    private static final long MOST_BODY = 1 << 20;

    /// How a service is asked.
    public enum Method {
        @Doc("With `GET`.")
        GET, @Doc("With `HEAD`.")
        HEAD, @Doc("With `POST`.")
        POST
    }

    /// What becomes of requests on which nobody decides.
    public enum OnFailure {
        @Doc("They are answered 503.")
        DENY, @Doc("They pass, and nobody is known to call.")
        ALLOW
    }

    /// How answers are kept.
    ///
    /// @param life
    ///            how long
    /// @param by
    ///            what they depend on, besides the fields that go along
    /// @param max
    ///            how many
    @Doc("How answers are kept.")
    public record CacheConfig(
            @Doc("How long an answer is kept.") @Named("for") Duration life,

            @Doc("What an answer depends on, besides the fields that go along: `method`, `host`, `path`, `query`, `address`, or a field such as `header.x-tenant`.") @Default("[method, host, path, query]") List<String> by,

            @Doc("Most answers that are kept.") @Default("10000") @Range(min = 1, max = 1_000_000) int max) {

        private static final Set<String> PARTS = Set.of("method", "host", "path", "query", "address");

        /// Refuses what is not known of a request, and times that can't be meant.
        public CacheConfig {
            if (!life.isPositive() || life.compareTo(Duration.ofHours(1)) > 0) {
                throw new ConfigException("for", "must be longer than 0s and at most 60m");
            }
            for (String part : by) {
                if (!PARTS.contains(part)
                        && !(part.startsWith("header.") && FieldSyntax.isName(part.substring("header.".length())))) {
                    throw new ConfigException("by",
                            "must hold method, host, path, query, address, or a field such as header.x-tenant (was '"
                                    + part + "')");
                }
            }
        }
    }

    /// Refuses fields that are the gateway's, and what can't be done together.
    public ForwardAuthConfig {
        ServerUrl.of("url", url);
        headers.forEach(name -> FieldNames.checkRequest("headers", name));
        responseHeaders.forEach(name -> FieldNames.checkRequest("responseHeaders", name));
        refusalHeaders.forEach(name -> FieldNames.check("refusalHeaders", name));
        if (consumer != null) {
            FieldNames.check("consumer", consumer);
        }
        if (groups != null) {
            FieldNames.check("groups", groups);
            if (consumer == null) {
                throw new ConfigException("groups", "must stand beside 'consumer'");
            }
        }
        if (includeBody != null && includeBody.bytes() > MOST_BODY) {
            throw new ConfigException("includeBody", "must be at most 1MiB (was " + includeBody + ")");
        }
        if (includeBody != null && method == Method.HEAD) {
            throw new ConfigException("method", "can't be 'head' beside 'includeBody'");
        }
        if (includeBody != null && cache != null) {
            throw new ConfigException("cache", "must not stand beside 'includeBody': answers depend on bodies then");
        }
    }
}

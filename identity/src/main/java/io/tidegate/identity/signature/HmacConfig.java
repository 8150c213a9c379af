package io.tidegate.identity.signature;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Range;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `hmac`.
@Doc("Finds out who calls by the signature of the request (RFC 9421), by a shared secret or a public key: `consumers.*.signingKeys`.")
public record HmacConfig(
        @Doc("What a signature has to cover: fields in lower case, and `@method`, `@target-uri`, `@authority`, `@scheme`, `@request-target`, `@path`, `@query`. `@authority`, `@path` and `@query` together are as good as `@target-uri`, which covers each of them.") @Default("[\"@method\", \"@target-uri\"]") @Range(min = 1) List<String> components,

        @Doc("Whether a signature has to cover the body, where there is one, by `content-digest` (RFC 9530: `sha-256`, `sha-512`).") @Default("true") boolean requireDigest,

        @Doc("Largest body that is compared with its digest; more is answered 413. It is held meanwhile. At most 4MiB.") @Default("1MiB") ByteSize maxBody,

        @Doc("How old a signature may be, by its `created`. 1s to 24h.") @Default("5m") Duration maxAge,

        @Doc("How far the clocks of clients may be ahead or behind. At most 10m.") @Default("30s") Duration clockSkew,

        @Doc("Whether each signature counts once. One with a `nonce` counts once in any case.") @Default("false") boolean replay,

        @Doc("Which signature is looked at where there may be several. Left out: a request has one alone.") @Nullable String label,

        @Doc("What the signature was made for: its `tag` has to be this.") @Nullable String tag,

        @Doc("What the client is told that the signature is for: `realm` in `WWW-Authenticate`.") @Default("api") String realm,

        @Doc("Whether a request without a signature passes, as nobody. One with a wrong one is refused all the same.") @Default("false") boolean optional) {

    private static final Set<String> DERIVED = Set.of("@method", "@target-uri", "@authority", "@scheme",
            "@request-target", "@path", "@query");
    private static final long MOST_BODY = 4L << 20;

    /// Refuses components that are none, and bounds that are too wide.
    public HmacConfig {
        for (String name : components) {
            boolean known = name.startsWith("@")
                    ? DERIVED.contains(name)
                    : FieldSyntax.isName(name) && name.equals(name.toLowerCase(Locale.ROOT));
            if (!known) {
                throw new ConfigException("components",
                        "must hold fields in lower case, and of " + DERIVED.stream().sorted().toList() + " (was '"
                                + name
                                + "')");
            }
        }
        if (maxBody.bytes() < 1 || maxBody.bytes() > MOST_BODY) {
            throw new ConfigException("maxBody", "must be 1B to 4MiB (was " + maxBody + ")");
        }
        if (maxAge.toMillis() < 1000 || maxAge.toHours() > 24) {
            throw new ConfigException("maxAge", "must be 1s to 24h (was " + maxAge.toMillis() + "ms)");
        }
        if (clockSkew.isNegative() || clockSkew.toMinutes() > 10) {
            throw new ConfigException("clockSkew", "must be 0s to 10m (was " + clockSkew.toMillis() + "ms)");
        }
        if (label != null && !label.matches("[a-z*][a-z0-9_.*-]{0,63}")) {
            throw new ConfigException("label", "must be a key of a dictionary such as sig1 (was '" + label + "')");
        }
        if (!visible(realm) || (tag != null && !visible(tag))) {
            throw new ConfigException(visible(realm) ? "tag" : "realm", "must be visible ASCII");
        }
    }

    private static boolean visible(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}

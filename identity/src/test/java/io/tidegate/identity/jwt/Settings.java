package io.tidegate.identity.jwt;

import io.tidegate.api.ByteSize;
import io.tidegate.api.FilePath;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.keys.KeyRefreshConfig;
import io.tidegate.identity.keys.SignatureAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A configuration of `jwt` with its defaults, but for what a test sets.
final class Settings {

    String issuer = TestIssuer.NAME;
    OneOfConfig audience = OneOfConfig.of("orders");
    @Nullable
    String jwksUri;
    @Nullable
    String keys;
    @Nullable
    FilePath keysFile;
    @Nullable
    String secret;
    List<SignatureAlgorithm> algorithms = List.of();
    String header = "Authorization";
    @Nullable
    String cookie;
    @Nullable
    String query;
    @Nullable
    String typ;
    Map<String, OneOfConfig> claims = Map.of();
    Duration leeway = Duration.ofSeconds(30);
    @Nullable
    String consumer;
    UnknownConsumer unknownConsumer = UnknownConsumer.REFUSE;
    @Nullable
    String scopesClaim;
    @Nullable
    String groupsClaim;
    Map<String, String> claimsToHeaders = Map.of();
    boolean forward = true;
    boolean optional;
    @Nullable
    String realm;
    @Nullable
    DpopConfig dpop;

    static Settings with(String keys) {
        Settings settings = new Settings();
        settings.keys = keys;
        return settings;
    }

    JwtConfig config() {
        return new JwtConfig(issuer, audience, jwksUri, keys, keysFile, secret, algorithms, header, cookie, query, typ,
                claims, leeway, 8192, consumer, unknownConsumer, scopesClaim, groupsClaim, claimsToHeaders, forward,
                optional, realm, dpop, KeyRefreshConfig.defaults(), 10_000, new HttpClientConfig(Duration.ofSeconds(1),
                        Duration.ofSeconds(2), new ByteSize(256 << 10), 64, null, null, null));
    }
}

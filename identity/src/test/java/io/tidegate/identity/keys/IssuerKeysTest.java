package io.tidegate.identity.keys;

import static io.tidegate.identity.TestContext.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Field;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.identity.TestContext;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.remote.IssuerMetadata;
import io.tidegate.identity.token.TokenRules;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerKeysTest {

    private static final TestIssuer FIRST = TestIssuer.of("first", "ES256");
    private static final TestIssuer SECOND = TestIssuer.of("second", "ES256");
    private static final URI PLACE = URI.create("https://id.example.com/jwks");
    private static final String METADATA = "{\"issuer\":\"https://id.example.com/shop\",\"jwks_uri\":\"" + PLACE
            + "\",\"token_endpoint\":\"https://id.example.com/token\",\"scopes_supported\":[\"openid\",1]}";

    private final TestContext context = new TestContext();

    private static KeySettings settings() {
        return new KeySettings(TokenRules.PUBLIC, KeyRefreshConfig.defaults(),
                new HttpClientConfig(Duration.ofSeconds(1), Duration.ofSeconds(2), new ByteSize(256 << 10), 64, null,
                        null, null));
    }

    private IssuerKeys keys() {
        return IssuerKeys.at(PLACE, settings(), context);
    }

    private IssuerKeys known() {
        context.server(_ -> answer(200, TestIssuer.jwks(FIRST)));
        IssuerKeys keys = keys();
        context.run();
        return keys;
    }

    private static KeySet set(IssuerKeys keys) {
        return Objects.requireNonNull(keys.current());
    }

    private static List<String> names(IssuerKeys keys) {
        KeySet current = keys.current();
        return current == null ? List.of() : current.keys().stream().map(VerificationKey::id).toList();
    }

    @Test
    void keysAreFetchedOnceAndThenAheadOfTheirAge() {
        IssuerKeys keys = known();

        assertThat(names(keys)).containsExactly("first");
        context.advance(Duration.ofHours(1));

        assertThat(context.calls()).hasSizeBetween(13, 14).containsOnly(PLACE.toString());
        assertThat(context.gaugeValue("keys_age_seconds")).isLessThanOrEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({"max-age=60, 61, 67", "'public, MAX-AGE=120', 31, 34", "max-age=0, 121, 134", "max-age=86400, 13, 14",
        "no-store, 13, 14", "max-age=x, 13, 14", "max-age=-5, 13, 14", "max-age=99999999999999999999, 13, 14"})
    void whatTheServerSaysOfItsKeysAgeCountsWithinBounds(String cacheControl, int least, int most) {
        context.server(_ -> answer(200, TestIssuer.jwks(FIRST), new Field("Cache-Control", cacheControl)));
        keys();

        context.advance(Duration.ofHours(1));

        assertThat(context.calls()).hasSizeBetween(least, most);
    }

    @Test
    void aFloodOfUnknownKeysLeadsToOneFetchInThirtySeconds() {
        IssuerKeys keys = known();
        for (int i = 0; i < 10_000; i++) {
            keys.missing();
            context.advance(Duration.ofMillis(12)); // two minutes in all
        }

        assertThat(context.calls()).hasSizeBetween(4, 5);
    }

    @Test
    void aNewKeyIsPickedUpAndAKeyThatStayedIsTheSameObject() {
        IssuerKeys keys = known();
        VerificationKey first = set(keys).keys().getFirst();
        context.server(_ -> answer(200, TestIssuer.jwks(SECOND, FIRST)));
        context.advance(Duration.ofSeconds(31));

        keys.missing();
        context.run();

        assertThat(names(keys)).containsExactly("second", "first");
        assertThat(set(keys).holds(first)).isTrue();
        context.server(_ -> answer(200, TestIssuer.jwks(SECOND)));
        context.advance(Duration.ofMinutes(5));
        assertThat(set(keys).holds(first)).isFalse();
    }

    @Test
    void aKeyWithTheNameOfAnotherIsAnotherKey() {
        IssuerKeys keys = known();
        VerificationKey first = set(keys).keys().getFirst();

        context.server(_ -> answer(200, TestIssuer.jwks(TestIssuer.of("first", "ES256"))));
        context.advance(Duration.ofMinutes(5));

        assertThat(names(keys)).containsExactly("first");
        assertThat(set(keys).holds(first)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"500 ", "404 ", "302 ", "204 ", "200 ", "200 {}", "200 {\"keys\":[]}", "200 {\"keys\":{}}",
        "200 [", "200 <html>", "200 null", "200 {\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
        "200 {\"keys\":[],\"keys\":[]}", "200 {\"keys\":[1,null,\"x\",[]]}", "none"})
    void keysAreKeptForADayWhereTheServerIsDownOrLies(String what) {
        IssuerKeys keys = known();
        KeySet before = keys.current();
        context.server(_ -> {
            if (what.equals("none")) {
                throw new IOException("no answer within 2000 ms");
            }
            return answer(Integer.parseInt(what.substring(0, 3)), what.substring(4));
        });

        context.advance(Duration.ofHours(23));
        assertThat(keys.current()).isSameAs(before);
        assertThat(context.gaugeValue("keys_age_seconds")).isEqualTo(23 * 3600.0);
        assertThat(context.count("keys_failed")).isBetween(2700, 3100); // every 27 to 30 s

        context.advance(Duration.ofHours(2));
        assertThat(keys.current()).isNull();

        context.server(_ -> answer(200, TestIssuer.jwks(FIRST)));
        context.advance(Duration.ofSeconds(31));
        assertThat(keys.current()).isSameAs(before);
    }

    @Test
    void theFirstFetchEndsTheWaitHoweverItEnds() {
        IssuerKeys keys = keys();
        assertThat(keys.areComing()).isTrue();
        assertThat(keys.arrived().toCompletableFuture()).isNotDone();
        assertThat(context.gaugeValue("keys_age_seconds")).isNaN();

        context.run();

        assertThat(keys.areComing()).isFalse();
        assertThat(keys.arrived().toCompletableFuture()).isCompleted();
        assertThat(keys.current()).isNull();
        assertThat(context.count("keys_failed")).isEqualTo(1);
        context.server(_ -> answer(200, TestIssuer.jwks(FIRST)));
        context.advance(Duration.ofSeconds(1));
        assertThat(names(keys)).containsExactly("first");
    }

    @Test
    void policiesThatAskTheSameInTheSameWayShareKeys() {
        IssuerKeys one = known();
        IssuerKeys other = keys();

        assertThat(other.current()).isSameAs(one.current());
        assertThat(context.calls()).hasSize(1);
        IssuerKeys.at(PLACE, new KeySettings(List.of(SignatureAlgorithm.ES256), KeyRefreshConfig.defaults(),
                settings().http()), context);
        context.run();
        assertThat(context.calls()).hasSize(2);
        one.close();
        context.server(_ -> answer(500, ""));
        context.advance(Duration.ofMinutes(5));
        assertThat(context.count("keys_failed")).isBetween(1, 12);
        assertThat(other.current()).isNotNull();
    }

    @Test
    void anIssuerTellsWhereItsKeysAre() {
        context.server(call -> call.url().equals(PLACE)
                ? answer(200, TestIssuer.jwks(FIRST))
                : answer(200, METADATA));
        IssuerKeys keys = IssuerKeys.discovered("https://id.example.com/shop", settings(), context);
        assertThat(keys.metadata()).isNull();

        context.run();

        assertThat(names(keys)).containsExactly("first");
        assertThat(context.calls()).containsExactly("https://id.example.com/shop/.well-known/openid-configuration",
                PLACE.toString());
        IssuerMetadata metadata = Objects.requireNonNull(keys.metadata());
        assertThat(metadata.url("token_endpoint")).isEqualTo(URI.create("https://id.example.com/token"));
        assertThat(metadata.url("userinfo_endpoint")).isNull();
        assertThat(metadata.texts("scopes_supported")).containsExactly("openid");
        context.advance(Duration.ofMinutes(59));
        assertThat(context.calls().stream().filter(call -> call.contains("well-known"))).hasSize(1);
        context.advance(Duration.ofMinutes(10));
        assertThat(context.calls().stream().filter(call -> call.contains("well-known"))).hasSize(2);
    }

    @Test
    void anIssuerMayTellInTheWayOfRfc8414() {
        context.server(call -> call.url().equals(PLACE)
                ? answer(200, TestIssuer.jwks(FIRST))
                : call.url().getPath().equals("/.well-known/oauth-authorization-server/shop")
                        ? answer(200, METADATA)
                        : answer(404, ""));
        IssuerKeys keys = IssuerKeys.discovered("https://id.example.com/shop", settings(), context);

        context.run();

        assertThat(names(keys)).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"issuer\":\"https://id.example.com/shop/\",\"jwks_uri\":\"https://id.example.com/jwks\"}",
        "{\"jwks_uri\":\"https://id.example.com/jwks\"}", "{\"issuer\":\"https://id.example.com/shop\"}",
        "{\"issuer\":\"https://id.example.com/shop\",\"jwks_uri\":\"http://id.example.com/jwks\"}",
        "{\"issuer\":\"https://id.example.com/shop\",\"jwks_uri\":\"file:///etc/passwd\"}",
        "{\"issuer\":\"https://id.example.com/shop\",\"jwks_uri\":\"/jwks\"}",
        "{\"issuer\":\"https://id.example.com/shop\",\"jwks_uri\":\"https://a@id.example.com/jwks\"}", "[]", ""})
    void anIssuerThatSaysWhatCantBeIsNotAskedForKeys(String metadata) {
        context.server(_ -> answer(200, metadata));
        IssuerKeys keys = IssuerKeys.discovered("https://id.example.com/shop", settings(), context);

        context.run();

        assertThat(keys.current()).isNull();
        assertThat(context.calls()).hasSize(2).allMatch(call -> call.contains("/.well-known/"));
    }

    @Test
    void keysThatHaveMovedAreFound() {
        context.server(call -> call.url().equals(PLACE)
                ? answer(200, TestIssuer.jwks(FIRST))
                : answer(200, METADATA));
        IssuerKeys keys = IssuerKeys.discovered("https://id.example.com/shop", settings(), context);
        context.run();

        context.server(call -> switch (call.url().getPath()) {
            case "/jwks" -> answer(404, "");
            case "/new" -> answer(200, TestIssuer.jwks(SECOND));
            default -> answer(200, METADATA.replace("com/jwks", "com/new"));
        });
        context.advance(Duration.ofMinutes(6));

        assertThat(names(keys)).containsExactly("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "ftp://a", "https://", "https://a?b", "https://a#b", "https://u@a", "http:a"})
    void anIssuerWithoutKeysMustBeAnAddress(String issuer) {
        assertThatThrownBy(() -> IssuerKeys.discovered(issuer, settings(), context))
                .isInstanceOf(ConfigException.class).hasMessageContaining("must be a URL");
    }

    @Test
    void keysThatAreGivenStay() {
        KeySet given = JsonWebKeys.configured(FIRST.jwk(), TokenRules.PUBLIC);
        try (IssuerKeys keys = IssuerKeys.given(given)) {
            keys.missing();
            context.advance(Duration.ofDays(2));

            assertThat(keys.current()).isSameAs(given);
            assertThat(keys.areComing()).isFalse();
            assertThat(keys.arrived().toCompletableFuture()).isCompleted();
            assertThat(context.calls()).isEmpty();
        }
    }
}

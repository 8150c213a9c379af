package io.tidegate.identity.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Fault;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.ConsumerConfig.ApiKeyConfig;
import io.tidegate.config.TimestampConfig;
import io.tidegate.engine.consumer.DeclaredConsumers;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ApiKeyPolicyTest {

    private static final String OWN = "their-own key".replace(' ', '-');
    private static final String MADE = GeneratedKey.create(new java.security.SecureRandom());
    private static final String OLD = "old-key-1";
    private static final String EARLY = "early-key-1";

    private Instant now = Instant.parse("2027-01-31T12:00:00Z");
    private @Nullable PolicyTester opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private static ApiKeyConfig key(String key, String name, @Nullable String from, @Nullable String to) {
        return new ApiKeyConfig(KeyHash.hexOf(key), name, from == null ? null : TimestampConfig.of(from),
                to == null ? null : TimestampConfig.of(to));
    }

    private static DeclaredConsumers consumers() {
        return new DeclaredConsumers(Map.of(
                "shop", new ConsumerConfig(List.of(),
                        List.of(key(OWN, "own", null, null), key(MADE, "made", null, null)), null, List.of(), List.of(),
                        Set.of("partners"), null),
                "till", new ConsumerConfig(List.of(),
                        List.of(key(OLD, "old", null, "2027-01-31T12:00:01Z"),
                                key(EARLY, "early", "2027-02-01", null)),
                        null, List.of(), List.of(), Set.of(), null)));
    }

    private PolicyTester tester(io.tidegate.identity.apikey.ApiKeyConfig config) {
        opened = PolicyTester.at(() -> now).knowing(consumers()).then(new ApiKeyFactory(), config);
        return opened;
    }

    private PolicyTester everywhere() {
        return tester(new io.tidegate.identity.apikey.ApiKeyConfig(List.of("X-Api-Key"), List.of("api_key"),
                List.of("key"), true, false, "api"));
    }

    private PolicyTester inTheField(boolean hide, boolean optional) {
        return tester(new io.tidegate.identity.apikey.ApiKeyConfig(List.of("X-Api-Key"), List.of(), List.of(), hide,
                optional, "shop"));
    }

    @Test
    void aKeyTellsWhoCallsAndWhichKeyItWasAndDoesNotReachTheService() {
        TesterResult result = inTheField(true, false).get("/").header("x-api-key", MADE).header("x-other", "1").send();

        assertThat(result.principal()).satisfies(principal -> {
            assertThat(principal.method()).isEqualTo("apiKey");
            assertThat(principal.name()).isEqualTo("shop");
            assertThat(principal.groups()).containsExactly("partners");
            assertThat(principal.claims()).isEqualTo(Map.of("key", "made"));
        });
        assertThat(result.sent().header("x-api-key")).isNull();
        assertThat(result.sent().header("x-other")).isEqualTo("1");
        assertThat(Objects.requireNonNull(opened).count("accepted")).isEqualTo(1);
    }

    @Test
    void aKeyIsSentOnWhereThatIsAskedFor() {
        TesterResult result = inTheField(false, false).get("/").header("x-api-key", OWN).send();

        assertThat(result.sent().header("x-api-key")).isEqualTo(OWN);
    }

    @Test
    void aRequestWithoutAKeyIsToldWhatIsMissing() {
        TesterResult result = inTheField(true, false).get("/").send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(result.header("www-authenticate")).isEqualTo("ApiKey realm=\"shop\"");
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void whereItIsOptionalNobodyPassesAndAWrongKeyDoesNot() {
        TesterResult nobody = inTheField(true, true).get("/").send();
        TesterResult wrong = inTheField(true, true).get("/").header("x-api-key", "wrong").send();

        assertThat(nobody.status()).isEqualTo(200);
        assertThat(nobody.principal()).isNull();
        assertThat(wrong.fault()).isEqualTo(AccessFaults.INVALID);
    }

    static Stream<Arguments> hostile() {
        char last = MADE.charAt(MADE.length() - 1);
        String mistyped = MADE.substring(0, MADE.length() - 1) + (last == '0' ? '1' : '0');
        return Stream.of(
                hostile("an unknown key", r -> r.header("x-api-key", "unknown"), AccessFaults.INVALID),
                hostile("another case", r -> r.header("x-api-key", OWN.toUpperCase(java.util.Locale.ROOT)),
                        AccessFaults.INVALID),
                hostile("an empty field", r -> r.header("x-api-key", ""), AccessFaults.MALFORMED),
                hostile("a space within", r -> r.header("x-api-key", "a b"), AccessFaults.MALFORMED),
                hostile("a byte above ASCII", r -> r.header("x-api-key", OWN + "\u00e9"), AccessFaults.MALFORMED),
                hostile("a field twice", r -> r.header("x-api-key", OWN).header("x-api-key", OWN),
                        AccessFaults.MALFORMED),
                hostile("a list in a field", r -> r.header("x-api-key", OWN + ", " + OWN), AccessFaults.MALFORMED),
                hostile("a list without spaces", r -> r.header("x-api-key", OWN + "," + OWN), AccessFaults.INVALID),
                hostile("a key that is too long", r -> r.header("x-api-key", "x".repeat(513)),
                        AccessFaults.MALFORMED),
                hostile("the longest key", r -> r.header("x-api-key", "x".repeat(512)), AccessFaults.INVALID),
                hostile("a mistyped key", r -> r.header("x-api-key", mistyped), AccessFaults.MALFORMED),
                hostile("two cookies", r -> r.header("cookie", "key=" + OWN + "; key=x"), AccessFaults.MALFORMED),
                hostile("two cookies in two fields", r -> r.header("cookie", "key=" + OWN).header("cookie", "key=x"),
                        AccessFaults.MALFORMED),
                hostile("an empty cookie", r -> r.header("cookie", "key="), AccessFaults.MALFORMED),
                hostile("a field and a cookie", r -> r.header("x-api-key", OWN).header("cookie", "key=" + OWN),
                        AccessFaults.MALFORMED));
    }

    private static Arguments hostile(String what, UnaryOperator<TesterRequest> request, Fault fault) {
        return Arguments.of(what, request, fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void whatIsNoKeyOrNotOneIsRefused(String what, UnaryOperator<TesterRequest> request, Fault fault) {
        TesterResult result = request.apply(everywhere().get("/")).send();

        assertThat(result.fault()).as(what).isEqualTo(fault);
        assertThat(result.header("www-authenticate")).isEqualTo("ApiKey realm=\"api\"");
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(Objects.requireNonNull(opened).count("refused")).isEqualTo(1);
        assertThat(result.text()).doesNotContain(OWN);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {"api_key=KEY, none", "a=1&api_key=KEY&b=%20, a=1&b=%20",
        "api%5Fkey=KEY&x, x", "&api_key=KEY&&y=, &&y=", "API_KEY=z&api_key=KEY, API_KEY=z"})
    void aKeyInTheQueryIsTakenOutAndTheRestStaysAsItIs(String query, @Nullable String left) {
        TesterResult result = everywhere().get("/a?" + query.replace("=KEY", "=" + OWN)).send();

        assertThat(result.sent().query()).isEqualTo(left);
        assertThat(result.principal()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"api_key=KEY&api_key=KEY", "api_key=KEY&api%5fkey=x", "api_key", "api_key=", "api_key=KEY%00"})
    void aQueryWithSeveralKeysOrAnEmptyOneIsRefused(String query) {
        TesterResult result = everywhere().get("/a?" + query.replace("=KEY", "=" + OWN)).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", delimiter = '|', value = {"key=KEY|none", "a=1; key=KEY; b=\"2\"|a=1; b=\"2\"",
        "a=key=1;key=KEY|a=key=1", "key; a=1; key=KEY|a=1", "KEY=1; key=KEY; xkey=2|KEY=1; xkey=2"})
    void aKeyInACookieIsTakenOutAndOtherCookiesStay(String cookies, @Nullable String left) {
        TesterResult result = everywhere().get("/").header("cookie", cookies.replace("key=KEY", "key=" + OWN)).send();

        assertThat(result.sent().header("cookie")).isEqualTo(left);
        assertThat(result.principal()).isNotNull();
    }

    @Test
    void placesThatAreNotDeclaredAreNotLookedAt() {
        TesterResult result = inTheField(true, false).get("/?api_key=" + OWN).header("cookie", "key=" + OWN).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MISSING);
    }

    @Test
    void aKeyIsGoodWithinItsTimeAlone() {
        PolicyTester tester = inTheField(true, false);

        assertThat(tester.get("/").header("x-api-key", OLD).send().status()).isEqualTo(200);
        assertThat(tester.get("/").header("x-api-key", EARLY).send().fault()).isEqualTo(AccessFaults.EXPIRED);
        now = Instant.parse("2027-01-31T12:00:01Z");
        assertThat(tester.get("/").header("x-api-key", OLD).send().fault()).isEqualTo(AccessFaults.EXPIRED);
        now = Instant.parse("2027-02-01T00:00:00Z");
        assertThat(tester.get("/").header("x-api-key", EARLY).send().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"host", "Cookie", "content-length", "a b", "X-Api-Key"})
    void aFieldThatCanNotCarryAKeyIsRefusedAtLoad(String name) {
        assertThatThrownBy(() -> new io.tidegate.identity.apikey.ApiKeyConfig(List.of("x-api-key", name), List.of(),
                List.of(), true, false, "api")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void noPlaceAtAllIsRefusedAtLoad() {
        assertThatThrownBy(() -> new io.tidegate.identity.apikey.ApiKeyConfig(List.of(), List.of(), List.of(), true,
                false, "api")).isInstanceOf(ConfigException.class);
    }
}

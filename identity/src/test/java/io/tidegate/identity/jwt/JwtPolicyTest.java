package io.tidegate.identity.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtPolicyTest {

    private static final TestIssuer ISSUER = TestIssuer.of("key", "ES256");

    private Instant now = Instant.ofEpochSecond(1_800_000_000);
    private final Consumers consumers = new Consumers() {
        @Override
        public @Nullable Consumer identified(Identity identity) {
            return identity.equals(Identity.token(TestIssuer.NAME, "ann"))
                    ? new Consumer("shop", Set.of("partners"))
                    : null;
        }
    };
    private final Settings settings = Settings.with(ISSUER.jwk());
    private @Nullable PolicyTester opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }

    private PolicyTester tester() {
        PolicyTester there = opened;
        if (there == null) {
            there = PolicyTester.at(() -> now).knowing(consumers).then(new JwtFactory(), settings.config());
            opened = there;
        }
        return there;
    }

    private String token(String more) {
        return ISSUER.token("{\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":\"orders\",\"exp\":"
                + now.plusSeconds(60).getEpochSecond() + more + "}");
    }

    private String ann() {
        return token(",\"sub\":\"ann\"");
    }

    private TesterRequest bearing(String token) {
        return tester().get("/").header("authorization", "Bearer " + token);
    }

    private static Principal found(TesterRequest request) {
        return Objects.requireNonNull(request.send().principal());
    }

    @Test
    void aGoodTokenTellsWhoCallsAndGoesOnToTheService() {
        settings.groupsClaim = "realm_access.roles";
        String token = token(",\"sub\":\"ann\",\"scope\":\"read  write\",\"realm_access\":{\"roles\":[\"admin\"]}");

        TesterResult result = bearing(token).send();

        assertThat(result.principal()).satisfies(principal -> {
            assertThat(principal.method()).isEqualTo("jwt");
            assertThat(principal.subject()).isEqualTo("ann");
            assertThat(principal.issuer()).isEqualTo(TestIssuer.NAME);
            assertThat(principal.consumer()).isNull();
            assertThat(principal.groups()).containsExactly("admin");
            assertThat(principal.scopes()).containsExactlyInAnyOrder("read", "write");
            assertThat(principal.claims()).containsEntry("aud", "orders");
        });
        assertThat(result.sent().header("authorization")).isEqualTo("Bearer " + token);
    }

    @Test
    void aTokenIsCheckedOnceAndTheConsumerWithEachRequest() {
        settings.consumer = "sub";
        String token = ann();

        assertThat(found(bearing(token)).name()).isEqualTo("shop");
        Principal again = found(bearing(token));
        assertThat(again.consumer()).isEqualTo(new Consumer("shop", Set.of("partners")));
        assertThat(again.groups()).containsExactly("partners");
        assertThat(tester().count("verified")).isEqualTo(1);
        assertThat(tester().count("remembered")).isEqualTo(1);

        now = now.plusSeconds(89);
        assertThat(bearing(token).send().status()).isEqualTo(200);
        now = now.plusSeconds(1);
        assertThat(bearing(token).send().fault()).isEqualTo(AccessFaults.JWT_EXPIRED);
    }

    @Test
    void aGoodTokenOfNobodyDeclaredIsRefusedUnlessThatIsAllowed() {
        settings.consumer = "sub";
        String bob = token(",\"sub\":\"bob\"");
        for (int i = 0; i < 2; i++) {
            assertThat(bearing(bob).send().fault()).isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        }
        assertThat(bearing(token("")).send().fault()).isEqualTo(AccessFaults.JWT_CLAIM);
        assertThat(bearing(token(",\"sub\":[\"ann\"]")).send().fault()).isEqualTo(AccessFaults.JWT_CLAIM);
        close();

        settings.unknownConsumer = UnknownConsumer.ALLOW;
        assertThat(bearing(bob).send().principal()).satisfies(principal -> {
            assertThat(principal.consumer()).isNull();
            assertThat(principal.subject()).isEqualTo("bob");
        });
        assertThat(found(bearing(ann())).name()).isEqualTo("shop");
    }

    @Test
    void aTokenWithoutASubjectIsNobodys() {
        assertThat(bearing(token("")).send().fault()).isEqualTo(AccessFaults.JWT_CLAIM);
        assertThat(bearing(token(",\"sub\":\"\"")).send().fault()).isEqualTo(AccessFaults.JWT_CLAIM);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestWithoutATokenPassesWhereThatIsAllowed(boolean optional) {
        settings.optional = optional;
        settings.realm = "the \"shop\"";
        for (TesterRequest request : List.of(tester().get("/?access_token=" + ann()),
                tester().get("/").header("authorization", "Basic YTpi"),
                tester().get("/").header("cookie", "t=" + ann()),
                tester().get("/").header("authorization", "DPoP " + ann()))) {
            TesterResult result = request.send();
            assertThat(result.principal()).isNull();
            assertThat(result.status()).isEqualTo(optional ? 200 : 401);
            assertThat(result.header("www-authenticate"))
                    .isEqualTo(optional ? null : "Bearer realm=\"the \\\"shop\\\"\"");
        }
        TesterResult wrong = bearing("a.b.c").send();
        assertThat(wrong.fault()).isEqualTo(AccessFaults.JWT_MALFORMED);
        assertThat(wrong.reachedUpstream()).isFalse();
        assertThat(wrong.header("www-authenticate"))
                .isEqualTo("Bearer realm=\"the \\\"shop\\\"\", error=\"invalid_token\"");
        assertThat(tester().count("refused")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer  ", "Bearer   x", "bearer x, Bearer y", "BEARER x"})
    void whatIsNoTokenIsRefused(String value) {
        TesterResult result = tester().get("/").header("authorization", value).send();

        assertThat(result.status()).isEqualTo(401);
        assertThat(result.fault()).isIn(AccessFaults.JWT_MALFORMED, AccessFaults.MISSING);
    }

    @Test
    void aTokenMayStandInAnotherFieldACookieOrTheQueryAndIsTakenOutOfIt() {
        settings.header = "X-Token";
        settings.cookie = "session";
        settings.query = "token";
        settings.forward = false;
        String token = ann();

        assertThat(tester().get("/").header("x-token", token).send().sent().header("x-token")).isNull();
        TesterResult cookie = tester().get("/").header("cookie", "a=1; session=" + token + "; sessions=2").send();
        assertThat(cookie.sent().header("cookie")).isEqualTo("a=1; sessions=2");
        assertThat(tester().get("/").header("cookie", "session=" + token).send().sent().header("cookie")).isNull();
        assertThat(tester().get("/?a=%5b&tok%65n=" + token + "&b").send().sent().query())
                .isEqualToIgnoringCase("a=%5B&b");
        assertThat(tester().get("/?token=" + token).send().sent().query()).isNull();
        assertThat(tester().get("/").header("authorization", "Bearer " + token).send().fault())
                .isEqualTo(AccessFaults.MISSING);
        for (TesterRequest several : List.of(tester().get("/?token=" + token).header("x-token", token),
                tester().get("/?token=" + token + "&token=" + token),
                tester().get("/").header("cookie", "session=" + token + ";session=" + token),
                tester().get("/?token=" + token).header("cookie", "session=" + token))) {
            assertThat(several.send().fault()).isEqualTo(AccessFaults.MALFORMED);
        }
        assertThat(tester().get("/").header("x-token", token).header("x-token", token).send().fault())
                .isEqualTo(AccessFaults.JWT_MALFORMED);
    }

    @Test
    void cookiesInSeveralFieldsAndWithMoreSpacesAreLookedAtAllTheSame() {
        settings.cookie = "session";
        settings.forward = false;
        String token = ann();

        TesterResult crumbs = tester().get("/").header("cookie", "a=1").header("cookie", "session=" + token + " ;\tb=2")
                .send();
        assertThat(crumbs.principal()).isNotNull();
        assertThat(crumbs.sent().header("cookie")).isEqualTo("a=1; b=2");
        TesterResult spaces = tester().get("/").header("cookie", "a=1;  session=" + token).send();
        assertThat(spaces.principal()).isNotNull();
        assertThat(spaces.sent().header("cookie")).isEqualTo("a=1");
        assertThat(tester().get("/").header("authorization", "Bearer " + token).header("cookie", "a=1")
                .header("cookie", "session=" + token).send().fault()).isEqualTo(AccessFaults.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"ann\"|ann", "\"a b\"|a b", "\" a \"|%20a%20", "\"100%\"|100%25",
        "\"J\\u00f6rg\"|J%C3%B6rg", "\"\\ud83d\\ude00\"|%F0%9F%98%80", "7|7", "true|true", "[\"a\",\"b\"]|a,b",
        "[\"a,b\",\"c\",1]|a%2Cb,c,1", "{\"a\":1}|", "[]|", "\"\"|", "null|", "[{\"a\":1},\"b\"]|b"})
    void claimsAreToldToTheServiceInFieldsOfTheGateway(String claim, @Nullable String field) {
        settings.claimsToHeaders = Map.of("x", "X-Claim");

        TesterResult result = bearing(token(",\"sub\":\"ann\",\"x\":" + claim)).header("x-claim", "forged").send();

        assertThat(result.sent().header("x-claim")).isEqualTo(field);
        assertThat(new JwtFactory().ownHeaders(settings.config())).containsExactly("x-claim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\nb: c", "a\\rb", "\\u0000", "\\u007f"})
    void aClaimThatCouldBreakAHeadIsRefused(String claim) {
        settings.claimsToHeaders = Map.of("x", "X-Claim");

        assertThat(bearing(token(",\"sub\":\"ann\",\"x\":\"" + claim + "\"")).send().fault())
                .isEqualTo(AccessFaults.JWT_CLAIM);
        assertThat(bearing(token(",\"sub\":\"ann\",\"x\":[\"a\",\"" + claim + "\"]")).send().fault())
                .isEqualTo(AccessFaults.JWT_CLAIM);
    }

    @Test
    void scopesMayStandInScpOrWhereTheConfigurationSays() {
        assertThat(found(bearing(token(",\"sub\":\"ann\",\"scp\":[\"a\",\"b\"]"))).scopes())
                .containsExactlyInAnyOrder("a", "b");
        close();
        settings.scopesClaim = "may.do";
        assertThat(found(bearing(token(",\"sub\":\"ann\",\"scope\":\"x\",\"may\":{\"do\":\"y\"}"))).scopes())
                .containsExactly("y");
    }

    @Test
    void aTypeThatIsAskedForIsTheOnlyOne() {
        settings.typ = "at+jwt";
        String payload = "{\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":\"orders\",\"sub\":\"ann\",\"exp\":"
                + now.plusSeconds(60).getEpochSecond() + "}";

        assertThat(bearing(ann()).send().fault()).isEqualTo(AccessFaults.JWT_TYPE);
        assertThat(bearing(ISSUER.sign("{\"alg\":\"ES256\",\"kid\":\"key\"}", payload)).send().fault())
                .isEqualTo(AccessFaults.JWT_TYPE);
        assertThat(bearing(ISSUER.sign("{\"alg\":\"ES256\",\"typ\":\"application/AT+jwt\"}", payload)).send().status())
                .isEqualTo(200);
    }

    @Test
    void aSecretIsGoodForItsAlgorithmAlone() {
        settings.keys = null;
        settings.secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

        assertThat(bearing(ann()).send().fault()).isEqualTo(AccessFaults.JWT_ALG);
        assertThat(settings.config().toString()).doesNotContain("MDEy");
    }

    @Test
    void anyAudienceIsTakenWhereTheConfigurationSaysSo() {
        settings.audience = OneOfConfig.of("*");
        String token = ISSUER.token("{\"iss\":\"" + TestIssuer.NAME + "\",\"sub\":\"ann\",\"exp\":"
                + now.plusSeconds(60).getEpochSecond() + "}");

        assertThat(bearing(token).send().status()).isEqualTo(200);
    }

    @Test
    void keysOutOfReachAreNoFaultOfTheClient() {
        settings.keys = null;
        settings.jwksUri = "http://127.0.0.1:1/jwks";

        for (int i = 0; i < 2; i++) {
            assertThat(bearing(ann()).send().fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        }
        assertThat(tester().get("/").send().fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(tester().count("keys_failed")).isPositive();
    }
}

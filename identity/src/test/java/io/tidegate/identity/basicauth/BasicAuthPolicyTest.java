package io.tidegate.identity.basicauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.ConsumerConfig.PasswordConfig;
import io.tidegate.engine.consumer.DeclaredConsumers;
import io.tidegate.identity.BasicCredentials;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicAuthPolicyTest {

    private static final String PASSWORD = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    private static final String BCRYPT = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    private Instant now = Instant.parse("2027-01-31T12:00:00Z");
    private @Nullable PolicyTester opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private static DeclaredConsumers consumers(String hash) {
        return new DeclaredConsumers(Map.of("shop", new ConsumerConfig(List.of(), List.of(), null,
                List.of(new PasswordConfig("alice", hash), new PasswordConfig("bob:s friend".replace(":", ""), BCRYPT)),
                List.of(), Set.of("partners"), null)));
    }

    private PolicyTester tester(Duration rememberFor, int failures, boolean optional) {
        opened = PolicyTester.at(() -> now).knowing(consumers(PASSWORD)).then(new BasicAuthFactory(),
                new BasicAuthConfig("shop", rememberFor, failures, Duration.ofMinutes(5), true, optional));
        return opened;
    }

    private PolicyTester tester() {
        return tester(Duration.ofMinutes(5), 3, false);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static TesterResult send(PolicyTester tester, String credentials) {
        return tester.get("/").header("authorization", basic(credentials)).send();
    }

    @Test
    void aUserWithTheirPasswordPassesAndTheServiceDoesNotSeeIt() {
        TesterResult result = send(tester(), "alice:password");

        assertThat(result.principal()).satisfies(principal -> {
            assertThat(principal.method()).isEqualTo("basicAuth");
            assertThat(principal.name()).isEqualTo("shop");
            assertThat(principal.groups()).containsExactly("partners");
            assertThat(principal.claims()).isEqualTo(Map.of("username", "alice"));
        });
        assertThat(result.sent().header("authorization")).isNull();
    }

    @Test
    void bcryptIsUnderstoodAndTheSchemeHasNoCase() {
        TesterResult result = tester().get("/").header("authorization",
                basic("bobs friend:U*U").replace("Basic", "bAsIc ")).send();

        assertThat(result.status()).isEqualTo(200);
    }

    @Test
    void aPasswordThatWasRightIsHashedOnceForAWhile() {
        PolicyTester tester = tester();
        send(tester, "alice:password");
        send(tester, "alice:password");
        assertThat(tester.count("hashed")).isEqualTo(1);

        now = now.plus(Duration.ofMinutes(5));
        send(tester, "alice:password");

        assertThat(tester.count("hashed")).isEqualTo(2);
        assertThat(tester.count("accepted")).isEqualTo(3);
    }

    @Test
    void aPasswordIsHashedEachTimeWhereNoneIsToBeRemembered() {
        PolicyTester tester = tester(Duration.ZERO, 3, false);
        for (int i = 0; i < 5; i++) {
            assertThat(send(tester, "alice:password").status()).isEqualTo(200);
        }

        assertThat(tester.count("hashed")).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice:wrong", "alice:", "alice:password ", "Alice:password", "mallory:password",
        "bobs friend:password", "alice:password:x"})
    void aWrongPasswordAndAnUnknownUserAreTheSame(String credentials) {
        PolicyTester tester = tester();
        TesterResult result = send(tester, credentials);

        assertThat(result.fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(result.header("www-authenticate")).isEqualTo("Basic realm=\"shop\", charset=\"UTF-8\"");
        assertThat(result.reachedUpstream()).isFalse();
        // An unknown user takes a hash as well.
        assertThat(tester.count("hashed")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic ", "Basic !!!", "Basic YWxpY2U=", "Basic OnBhc3N3b3Jk",
        "Basic YWxpY2U6/w==",
        "Basic YWxpY2U6AA==", "Basic YWxpY2U6 cGFzc3dvcmQ=", "Basic YWxpY2U6cGFzc3dvcmQ=, Basic x"})
    void whatIsNoUserAndPasswordIsRefusedWithoutHashing(String field) {
        PolicyTester tester = tester();
        TesterResult result = tester.get("/").header("authorization", field).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MALFORMED);
        assertThat(tester.count("hashed")).isZero();
    }

    @Test
    void whatIsTooLongIsRefusedWithoutHashing() {
        PolicyTester tester = tester();

        assertThat(send(tester, "alice:" + "x".repeat(2000)).fault()).isEqualTo(AccessFaults.MALFORMED);
        assertThat(send(tester, "x".repeat(256) + ":x").fault()).isEqualTo(AccessFaults.MALFORMED);
        assertThat(tester.count("hashed")).isZero();
    }

    @Test
    void nobodyPassesWhereThatIsAllowedAndIsRefusedElsewhere() {
        assertThat(tester(Duration.ZERO, 3, true).get("/").send().status()).isEqualTo(200);
        assertThat(send(tester(Duration.ZERO, 3, true), "alice:wrong").fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(tester().get("/").send().fault()).isEqualTo(AccessFaults.MISSING);
        assertThat(tester().get("/").header("authorization", "Bearer x").send().fault())
                .isEqualTo(AccessFaults.MISSING);
    }

    @Test
    void whoTriesTooOftenHasToWaitAndNobodyElseHas() {
        PolicyTester tester = tester();
        for (int i = 0; i < 3; i++) {
            assertThat(send(tester, "alice:wrong" + i).status()).isEqualTo(401);
        }
        now = now.plusSeconds(60);

        TesterResult throttled = send(tester, "alice:password");

        assertThat(throttled.fault()).isEqualTo(AccessFaults.TOO_MANY_FAILURES);
        assertThat(throttled.header("retry-after")).isEqualTo("240");
        assertThat(tester.count("throttled")).isEqualTo(1);
        assertThat(tester.get("/").from("198.51.100.1").header("authorization", basic("alice:password")).send()
                .status()).isEqualTo(200);
        assertThat(send(tester, "bobs friend:U*U").status()).isEqualTo(200);
        now = now.plusSeconds(240);
        assertThat(send(tester, "alice:password").status()).isEqualTo(200);
    }

    @Test
    void aRightPasswordEndsTheCount() {
        PolicyTester tester = tester(Duration.ZERO, 3, false);
        for (int i = 0; i < 4; i++) {
            assertThat(send(tester, "alice:wrong").status()).isEqualTo(401);
            assertThat(send(tester, "alice:wrong").status()).isEqualTo(401);
            assertThat(send(tester, "alice:password").status()).isEqualTo(200);
        }
    }

    @Test
    void addressesOfOneNetworkOfIpv6AreOneCaller() {
        PolicyTester tester = tester();
        for (int i = 1; i < 4; i++) {
            tester.get("/").from("2001:db8:0:1::" + i).header("authorization", basic("alice:wrong")).send();
        }

        assertThat(tester.get("/").from("2001:db8:0:1:ffff::9").header("authorization", basic("alice:x")).send()
                .status()).isEqualTo(429);
        assertThat(tester.get("/").from("2001:db8:0:2::1").header("authorization", basic("alice:x")).send()
                .status()).isEqualTo(401);
    }

    @Test
    void aHashThatCanNotBeUsedIsFoundAtLoadAndNotShown() {
        String expensive = PASSWORD.replace("m=256", "m=4194304");

        assertThatThrownBy(() -> PolicyTester.at(() -> now).knowing(consumers(expensive)).then(new BasicAuthFactory(),
                new BasicAuthConfig("shop", Duration.ZERO, 3, Duration.ofMinutes(5), true, false)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("'alice'").hasMessageContaining("'m'")
                .hasMessageNotContaining("nf65");
    }

    @Test
    void tooManyAtOnceAreToldToComeBack() throws Exception {
        Gate gate = new Gate();
        io.tidegate.api.Background never = (_, _) -> () -> {};
        for (int i = 0; i < Gate.MOST; i++) {
            assertThat(gate.run(never, "network " + i, () -> true)).isNotNull();
        }

        assertThat(gate.run(never, "another", () -> true)).isNull();
    }

    @Test
    void oneNetworkCanNotTakeAllPlacesAndGetsItsOwnBack() {
        Gate gate = new Gate();
        List<Runnable> begun = new ArrayList<>();
        io.tidegate.api.Background later = (_, work) -> {
            begun.add(work);
            return () -> {};
        };
        for (int i = 0; i < Gate.MOST_OF_ONE; i++) {
            assertThat(gate.run(later, "198.51.100.1", () -> true)).isNotNull();
        }

        for (int i = 0; i < Gate.MOST; i++) {
            assertThat(gate.run(later, "198.51.100.1", () -> true)).isNull();
        }
        assertThat(gate.run(later, "198.51.100.2", () -> true)).isNotNull();
        begun.getFirst().run();
        assertThat(gate.run(later, "198.51.100.1", () -> true)).isNotNull();
        assertThat(gate.run(later, "198.51.100.1", () -> true)).isNull();
    }

    @Test
    void secretsAreNotInTexts() {
        assertThat(BasicCredentials.read(basic("alice:password").substring(6))).asString().doesNotContain("password");
    }
}

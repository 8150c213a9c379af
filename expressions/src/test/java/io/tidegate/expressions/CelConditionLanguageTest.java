package io.tidegate.expressions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Condition;
import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Principal;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CelConditionLanguageTest {

    private final ConditionLanguage language = new CelConditionLanguage();

    private static FakeExchange exchange() {
        return new FakeExchange(Map.of("X-Beta", List.of("yes"), "accept", List.of("text/html", "*/*")));
    }

    private boolean test(String source) {
        return language.compile(source).test(exchange());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "true",
        "request.method == 'POST'",
        "request.scheme == 'https' && client.secure",
        "request.host.endsWith('.example.com')",
        "request.path.startsWith('/orders/')",
        "request.path.matches('^/orders/[0-9]+$')",
        "request.query == 'page=2'",
        "request.headers['x-beta'] == 'yes'",
        "request.headers['accept'] == 'text/html, */*'",
        "'x-beta' in request.headers",
        "!('X-Beta' in request.headers)",
        "!('x-other' in request.headers) || request.headers['x-other'] == 'a'",
        "request.headers[?'x-other'].orValue('none') == 'none'",
        "request.headers[?'x-beta'].orValue('none') == 'yes'",
        "request.headers.exists(name, name.startsWith('x-'))",
        "size(request.headers) == 2",
        "client.address == '192.0.2.7' && client.peerAddress == '10.0.0.1'",
        "!client.trusted && client.listener == 'public'",
        "route == 'orders'",
        "request.method in ['POST', 'PUT']",
        "false ? false : true"})
    void holds(String source) {
        assertThat(test(source)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "request.method == 'GET'", "client.trusted", "route.startsWith('x')"})
    void doesNotHold(String source) {
        assertThat(test(source)).isFalse();
    }

    @Test
    void takesWhatIsNotThereForEmpty() {
        assertThat(language.compile("request.query == '' && route == '' && client.spiffeId == ''"
                + " && client.tlsVersion == '' && client.certificateSubject == ''").test(exchange().without()))
                .isTrue();
    }

    private static FakeExchange called() {
        Map<String, Object> address = new HashMap<>();
        address.put("country", "SE");
        address.put("region", null);
        Map<String, Object> claims = Map.of("email_verified", true, "level", 3, "share", 0.5f, "exp",
                new Date(1_700_000_000_000L), "big", new BigInteger("12345678901234567890"), "roles",
                List.of("buyer", 7), "address", address);
        return exchange().by(new Principal("jwt", "u-1", "https://issuer.test",
                new Consumer("shop", Set.of("partners")), Set.of("partners", "eu"), Set.of("read", "write"), claims));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "'partners' in consumer.groups && token.email_verified == true",
        "consumer.name == 'shop'",
        "!('others' in consumer.groups) && size(consumer.groups) == 2",
        "consumer.groups.all(group, group in ['eu', 'partners'])",
        "consumer.groups[0] in ['eu', 'partners'] && consumer.groups[1] in ['eu', 'partners']",
        "principal.subject == 'u-1' && principal.issuer == 'https://issuer.test' && principal.method == 'jwt'",
        "'read' in principal.scopes && !('admin' in principal.scopes)",
        "['read', 'write'].all(scope, scope in principal.scopes)",
        "token.level == 3 && token.level > 2 && token['level'] <= 3.0",
        "token.share < 0.6",
        "token.exp == 1700000000",
        "token.big > 1.0e19",
        "token.roles[0] == 'buyer' && 'buyer' in token.roles && 7 in token.roles && token.roles[1] == 7",
        "token.roles.exists(role, role == 7)",
        "token.address.country == 'SE' && token.address.region == null",
        "token.exists(name, name == 'level')",
        "size(token) == 7",
        "!has(token.phone) && has(token.address.country) && !('phone' in token)",
        "token[?'phone'].orValue('none') == 'none'"})
    void knowsWhoCalls(String source) {
        assertThat(language.compile(source).test(called())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "consumer.name == '' && size(consumer.groups) == 0",
        "principal.subject == '' && principal.issuer == '' && principal.method == ''",
        "size(principal.scopes) == 0 && !('read' in principal.scopes)",
        "size(token) == 0 && !has(token.sub)"})
    void knowsNothingOfNobody(String source) {
        assertThat(language.compile(source).test(exchange())).isTrue();
    }

    @Test
    void failsTheExchangeWhereAClaimIsMissing() {
        Condition condition = language.compile("token.phone == 'x'");
        assertThatThrownBy(() -> condition.test(called())).isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> condition.test(exchange())).isInstanceOf(FaultException.class);
    }

    @Test
    void stopsALoopOverClaimsThatAreTooMany() {
        List<Integer> many = Collections.nCopies(1001, 1);
        FakeExchange exchange = exchange().by(new Principal("jwt", "a", null, null, Set.of(), Set.of(),
                Map.of("many", many, "few", many.subList(0, 900))));
        assertThat(language.compile("token.few.all(a, a == 1)").test(exchange)).isTrue();
        Condition condition = language.compile("token.many.all(a, a == 1)");
        assertThatThrownBy(() -> condition.test(exchange)).isInstanceOf(FaultException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            request.pth == 'a'              | column 1: there is no 'request.pth' (there are client.address, client.certificateSha256,
            reqest.path == 'a'              | column 1: undeclared reference to 'reqest'
            request.path == 5               | column 14: found no matching overload for '_==_'
            request.path                    | expected type 'bool' but found 'string'
            request.method ==               | column 18:
            consumer.nme == 'a'             | column 1: there is no 'consumer.nme'
            principal.sub == 'a'            | column 1: there is no 'principal.sub'
            !('a' in consumer.name)         | column 7: found no matching overload for '@in'
            5 in principal.scopes           | column 3: found no matching overload for '@in'
            token == 5                      | column 7: found no matching overload for '_==_'
            request.headers['a'] > 5        | column 22: found no matching overload for '_>_'
            request.path.nothing()          | column 21: undeclared reference to 'nothing'
            """)
    void refusesAtLoadWithTheColumn(String source, String message) {
        assertThatThrownBy(() -> language.compile(source.strip())).isInstanceOf(ConfigException.class)
                .hasMessageContaining(message.strip());
    }

    @Test
    void namesTheLineWhereThereAreSeveral() {
        assertThatThrownBy(() -> language.compile("true &&\nnothing")).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("line 2, column 1: undeclared reference to 'nothing'");
    }

    @Test
    void refusesWhatIsTooLongOrTooDeep() {
        assertThatThrownBy(() -> language.compile("true || ".repeat(1000) + "true"))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> language.compile("(".repeat(500) + "true" + ")".repeat(500)))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void failsTheExchangeWhereItCannotBeEvaluated() {
        Condition condition = language.compile("request.headers['x-other'] == 'a'");
        assertThatThrownBy(() -> condition.test(exchange()))
                .isInstanceOfSatisfying(FaultException.class,
                        e -> assertThat(e.fault()).isEqualTo(Fault.CONDITION_FAILED));
    }

    @Test
    void stopsWhatLoopsTooLong() {
        String many = "[" + "1,".repeat(99) + "1]";
        Condition condition = language
                .compile(many + ".all(a, " + many + ".all(b, a + b > 0))");
        assertThatThrownBy(() -> condition.test(exchange())).isInstanceOf(FaultException.class);
    }

    @Test
    void goesThroughTheHeaderFieldsOnlyWhereItMust() {
        FakeExchange exchange = exchange();
        language.compile("request.path == '/' || request.headers['x-beta'] == 'yes'").test(exchange);
        assertThat(exchange.walks).isZero();
        language.compile("request.headers.exists(name, name == 'accept')").test(exchange);
        assertThat(exchange.walks).isPositive();
    }

    /// A class loader in which the language's library does not exist.
    private static final class WithoutCel extends ClassLoader {

        WithoutCel() {
            super(CelConditionLanguage.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("dev.cel.") || name.startsWith("io.tidegate.expressions.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    @Test
    void loadsNothingOfTheLibraryBeforeTheFirstCondition() throws Exception {
        URL classes = CelConditionLanguage.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes}, new WithoutCel())) {
            Object made = Class.forName(CelConditionLanguage.class.getName(), true, loader).getConstructor()
                    .newInstance();
            assertThat(made).isInstanceOf(ConditionLanguage.class);
            assertThatThrownBy(() -> ((ConditionLanguage) made).compile("true"))
                    .isInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(ConditionLanguage.class)).hasOnlyElementsOfType(CelConditionLanguage.class);
    }
}

package io.tidegate.expressions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Condition;
import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            request.pth == 'a'              | column 1: there is no 'request.pth' (there are client.address, client.certificateSha256,
            reqest.path == 'a'              | column 1: undeclared reference to 'reqest'
            request.path == 5               | column 14: found no matching overload for '_==_'
            request.path                    | expected type 'bool' but found 'string'
            request.method ==               | column 18:
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

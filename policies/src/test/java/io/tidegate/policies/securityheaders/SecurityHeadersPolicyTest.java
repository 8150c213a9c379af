package io.tidegate.policies.securityheaders;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.policies.FailingPolicy;
import io.tidegate.policies.headers.HeadersConfig;
import io.tidegate.policies.headers.HeadersFactory;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityHeadersPolicyTest {

    private static final String HSTS = "strict-transport-security";

    private static PolicyTester tester(String options) {
        return PolicyTester.of(new SecurityHeadersFactory(), SecurityHeadersYaml.config(options));
    }

    private static TesterResult secure(String options, Reply reply) {
        return tester(options).get("/").secure().upstream(reply).send();
    }

    private static TesterResult plain(String options, Reply reply) {
        return tester(options).get("/").upstream(reply).send();
    }

    @Test
    void addsSafeFieldsWithoutBeingTold() {
        assertThat(secure("", Reply.of(200)).headers()).containsExactly(new Field("x-content-type-options", "nosniff"),
                new Field("referrer-policy", "strict-origin-when-cross-origin"), new Field("x-frame-options", "DENY"),
                new Field("cross-origin-opener-policy", "same-origin"), new Field(HSTS, "max-age=31536000"));
    }

    @Test
    void saysNothingOfTransportWhereTheRequestCameInTheClear() {
        assertThat(plain("", Reply.of(200)).headers()).extracting("name").containsExactly("x-content-type-options",
                "referrer-policy", "x-frame-options", "cross-origin-opener-policy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            strictTransportSecurity: true                                          | max-age=31536000
            strictTransportSecurity: {}                                            | max-age=31536000
            strictTransportSecurity: { maxAge: 1h }                                | max-age=3600
            strictTransportSecurity: { maxAge: 0s }                                | max-age=0
            strictTransportSecurity: { includeSubDomains: true }                   | max-age=31536000; includeSubDomains
            strictTransportSecurity: { maxAge: 730d, includeSubDomains: true, preload: true } | max-age=63072000; includeSubDomains; preload
            strictTransportSecurity: false                                         |
            strictTransportSecurity: { enabled: false, preload: true }             |
            """)
    void saysOfTransportWhatItIsTold(String options, String value) {
        assertThat(secure(options, Reply.of(200)).header(HSTS)).isEqualTo(value);
        assertThat(plain(options, Reply.of(200)).header(HSTS)).isNull();
    }

    @Test
    void speaksOfTransportInPlaceOfTheService() {
        Reply reply = Reply.of(200).withHeader("Strict-Transport-Security", "max-age=1").withHeader(HSTS, "max-age=2");

        assertThat(secure("", reply).headerValues(HSTS)).containsExactly("max-age=31536000");
        assertThat(plain("", reply).header(HSTS)).as("RFC 6797 section 7.2").isNull();
        assertThat(secure("strictTransportSecurity: false", reply).headerValues(HSTS)).containsExactly("max-age=1",
                "max-age=2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            contentTypeOptions: false                       | x-content-type-options       |
            contentTypeOptions: nosniff                     | x-content-type-options       | nosniff
            referrerPolicy: no-referrer                     | referrer-policy              | no-referrer
            referrerPolicy: no-referrer-when-downgrade      | referrer-policy              | no-referrer-when-downgrade
            referrerPolicy: same-origin                     | referrer-policy              | same-origin
            referrerPolicy: origin                          | referrer-policy              | origin
            referrerPolicy: strict-origin                   | referrer-policy              | strict-origin
            referrerPolicy: origin-when-cross-origin        | referrer-policy              | origin-when-cross-origin
            referrerPolicy: strict-origin-when-cross-origin | referrer-policy              | strict-origin-when-cross-origin
            referrerPolicy: unsafe-url                      | referrer-policy              | unsafe-url
            referrerPolicy: false                           | referrer-policy              |
            frameOptions: DENY                              | x-frame-options              | DENY
            frameOptions: SAMEORIGIN                        | x-frame-options              | SAMEORIGIN
            frameOptions: false                             | x-frame-options              |
            crossOriginOpenerPolicy: same-origin            | cross-origin-opener-policy   | same-origin
            crossOriginOpenerPolicy: same-origin-allow-popups | cross-origin-opener-policy | same-origin-allow-popups
            crossOriginOpenerPolicy: noopener-allow-popups  | cross-origin-opener-policy   | noopener-allow-popups
            crossOriginOpenerPolicy: unsafe-none            | cross-origin-opener-policy   | unsafe-none
            crossOriginOpenerPolicy: false                  | cross-origin-opener-policy   |
            crossOriginResourcePolicy: same-origin          | cross-origin-resource-policy | same-origin
            crossOriginResourcePolicy: same-site            | cross-origin-resource-policy | same-site
            crossOriginResourcePolicy: cross-origin         | cross-origin-resource-policy | cross-origin
            crossOriginResourcePolicy: false                | cross-origin-resource-policy |
            crossOriginEmbedderPolicy: require-corp         | cross-origin-embedder-policy | require-corp
            crossOriginEmbedderPolicy: credentialless       | cross-origin-embedder-policy | credentialless
            crossOriginEmbedderPolicy: unsafe-none          | cross-origin-embedder-policy | unsafe-none
            contentSecurityPolicy: "default-src 'self'; img-src *" | content-security-policy | default-src 'self'; img-src *
            contentSecurityPolicyReportOnly: script-src 'none' | content-security-policy-report-only | script-src 'none'
            permissionsPolicy: camera=(), geolocation=(self "https://maps.example.com") | permissions-policy | camera=(), geolocation=(self "https://maps.example.com")
            permissionsPolicy: fullscreen=*,usb=( ), midi=self;report-to=default | permissions-policy | fullscreen=*,usb=( ), midi=self;report-to=default
            """)
    void saysWhatItIsTold(String options, String name, String value) {
        // In a line of its own, where YAML takes commas and quotes for what they are.
        assertThat(plain(SecurityHeadersYaml.lines(options), Reply.of(200)).header(name)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"referrerPolicy: origin, referrer-policy", "frameOptions: SAMEORIGIN, x-frame-options",
        "crossOriginOpenerPolicy: unsafe-none, cross-origin-opener-policy",
        "crossOriginResourcePolicy: same-site, cross-origin-resource-policy",
        "crossOriginEmbedderPolicy: require-corp, cross-origin-embedder-policy",
        "contentSecurityPolicy: default-src *, content-security-policy",
        "contentSecurityPolicyReportOnly: default-src *, content-security-policy-report-only",
        "permissionsPolicy: camera=(), permissions-policy"})
    void leavesWhatTheServiceSaysUnlessToldOtherwise(String option, String name) {
        Reply reply = Reply.of(200).withHeader(name.toUpperCase(java.util.Locale.ROOT), "own").withHeader(name, "2");
        String value = option.substring(option.indexOf(' ') + 1);

        assertThat(plain(SecurityHeadersYaml.lines(option), reply).headerValues(name)).containsExactly("own", "2");
        assertThat(plain(SecurityHeadersYaml.lines(option, "override: true"), reply).headerValues(name))
                .containsExactly(value);
        assertThat(plain(SecurityHeadersYaml.lines(option, "remove: [" + name + "]"), reply).headerValues(name))
                .as("removed first, then added").containsExactly(value);
    }

    @Test
    void putsRightWhatTheServiceSaysOfTypes() {
        assertThat(plain("", Reply.of(200).withHeader("X-Content-Type-Options", "sniff")).headerValues(
                "x-content-type-options")).containsExactly("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"referrer-policy", "x-frame-options", "cross-origin-opener-policy",
        "x-content-type-options"})
    void leavesWhatIsSwitchedOffToTheService(String name) {
        String off = "contentTypeOptions: false, referrerPolicy: false, frameOptions: false,"
                + " crossOriginOpenerPolicy: false, override: true";

        assertThat(plain(off, Reply.of(200).withHeader(name, "own")).headerValues(name)).containsExactly("own");
    }

    @Test
    void removesWhatTellsOfTheService() {
        Reply reply = Reply.of(200).withHeader("server", "s/1").withHeader("X-POWERED-BY", "p")
                .withHeader("x-powered-by", "q").withHeader("x-aspnet-version", "4")
                .withHeader("X-AspNetMvc-Version", "5")
                .withHeader("via", "1.1 inner").withHeader("x-generator", "g");

        assertThat(plain("", reply).headers()).extracting("name").containsExactly("via", "x-generator",
                "x-content-type-options", "referrer-policy", "x-frame-options", "cross-origin-opener-policy");
        assertThat(plain("remove: [X-Generator]", reply).header("x-generator")).isNull();
        assertThat(plain("remove: [X-Generator]", reply).header("server")).isEqualTo("s/1");
        assertThat(plain("remove: []", reply).headerValues("x-powered-by")).containsExactly("p", "q");
    }

    @Test
    void marksAnswersOfTheGatewayToo() {
        TesterResult refused = tester("").then(new FailingPolicy(Fault.LIMIT_EXCEEDED)).get("/").secure().send();

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(refused.header(HSTS)).isEqualTo("max-age=31536000");
    }

    @Test
    void leavesWhatAPolicyBehindItSays() {
        HeadersConfig.Changes none = new HeadersConfig.Changes(Map.of(), Map.of(), List.of());
        HeadersConfig framed = new HeadersConfig(none,
                new HeadersConfig.Changes(Map.of("x-frame-options", "SAMEORIGIN"), Map.of(), List.of()));

        assertThat(tester("").then(new HeadersFactory(), framed).get("/").send().headerValues("x-frame-options"))
                .containsExactly("SAMEORIGIN");
    }

    @Test
    void leavesRequestsAlone() {
        TesterResult result = tester("override: true").get("/").secure().header("server", "s").send();

        assertThat(result.sent().headers()).containsExactly(new Field("server", "s"));
    }
}

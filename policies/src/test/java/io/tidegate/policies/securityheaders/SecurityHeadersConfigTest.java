package io.tidegate.policies.securityheaders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is refused when a file is loaded, where it says so, and what it says to do.
class SecurityHeadersConfigTest {

    private static final String POLICY = " routes.all.policies[0].securityHeaders";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            referrerPolicy: no-referer     | 44 | .referrerPolicy            | (was the text 'no-referer') (did you mean 'no-referrer'?)
            frameOptions: deny             | 42 | .frameOptions              | must be one of DENY, SAMEORIGIN, false (was the text 'deny') (did you mean 'DENY'?)
            frameOptions: same-origin      | 42 | .frameOptions              | (was the text 'same-origin') (did you mean 'SAMEORIGIN'?)
            frameOptions: true             | 42 | .frameOptions              | must be one of DENY, SAMEORIGIN, false (was true)
            frameOptions: "false"          | 42 | .frameOptions              | must be one of DENY, SAMEORIGIN, false (was the text 'false')
            contentTypeOptions: no-sniff   | 48 | .contentTypeOptions        | must be one of nosniff, false (was the text 'no-sniff') (did you mean 'nosniff'?)
            crossOriginOpenerPolicy: same-site | 53 | .crossOriginOpenerPolicy | must be one of same-origin, same-origin-allow-popups, noopener-allow-popups, unsafe-none, false
            crossOriginResourcePolicy: sameorigin | 55 | .crossOriginResourcePolicy | must be one of same-origin, same-site, cross-origin, false (was the text 'sameorigin') (did you mean 'same-origin'?)
            crossOriginEmbedderPolicy: require-cors | 55 | .crossOriginEmbedderPolicy | (did you mean 'require-corp'?)
            frameOption: DENY              | 28 | .frameOption               | unknown key (did you mean 'frameOptions'?)
            contentSecurityPolicy: 5       | 51 | .contentSecurityPolicy     | must be a text
            override: yes                  | 38 | .override                  | must be true or false
            strictTransportSecurity: max   | 53 | .strictTransportSecurity   | must be true or false or a map (was the text 'max')
            strictTransportSecurity: { maxAge: 1y } | 63 | .strictTransportSecurity.maxAge | must be a duration
            strictTransportSecurity: { maxAge: 1500ms } | 53 | .strictTransportSecurity | 'maxAge' must be whole seconds, 0s or more (was PT1.5S)
            strictTransportSecurity: { preload: true } | 53 | .strictTransportSecurity | 'preload' needs 'includeSubDomains: true' and a 'maxAge' of 365d or more: https://hstspreload.org takes no host with less. Leave 'preload' out where that is too much
            strictTransportSecurity: { maxAge: 364d, includeSubDomains: true, preload: true } | 53 | .strictTransportSecurity | 'preload' needs a 'maxAge' of 365d or more (was 364d): https://hstspreload.org takes no host with less
            remove: [x y]                  | 26 | ^^                         | header name 'x y' must be a token
            remove: [Connection]           | 26 | ^^                         | 'Connection' can't be changed: it belongs to one connection
            remove: [content-length]       | 26 | ^^                         | the gateway writes it from the length of the body
            remove: [server, Server]       | 26 | ^^                         | 'Server' is named twice
            """)
    void refusesWhatCantBeAtItsPlace(String options, int column, String path, String message) {
        assertThat(SecurityHeadersYaml.problems(options)).singleElement().asString()
                .startsWith("t.yaml:7:" + column + POLICY + path + ": ").contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"contentSecurityPolicy", "contentSecurityPolicyReportOnly", "permissionsPolicy"})
    void refusesWhatCantStandInAField(String key) {
        String line = "t.yaml:7:26" + POLICY + ": '" + key + "' must ";

        assertThat(SecurityHeadersYaml.problems(key + ": \"a\\r\\nx-evil: 1\"")).containsExactly(
                line + "be one line: begin a text of several lines with '>-', which joins them");
        assertThat(SecurityHeadersYaml
                .problems("\n          " + key + ": |\n            camera=(),\n            usb=()\n"))
                .singleElement().asString().contains("begin a text of several lines with '>-'");
        for (String escaped : List.of("\\x07", "\\0", "\\t", "\\x7f", "\\u00e9", "\\u2014")) {
            assertThat(SecurityHeadersYaml.problems(key + ": \"a" + escaped + "b\"")).containsExactly(
                    line + "not hold control characters or other than ASCII");
        }
        for (String blank : List.of("", " ", " camera=()", "camera=() ")) {
            assertThat(SecurityHeadersYaml.problems(key + ": \"" + blank + "\"")).containsExactly(
                    line + "not be empty, nor begin or end with white space (was '" + blank
                            + "'); leave the key out for none");
        }
    }

    @Test
    void takesATextOfSeveralLinesThatAreJoined() {
        assertThat(SecurityHeadersYaml.config(SecurityHeadersYaml.lines("contentSecurityPolicy: >-",
                "  default-src 'self';", "  frame-ancestors 'none'")).contentSecurityPolicy())
                .isEqualTo("default-src 'self'; frame-ancestors 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"camera 'none'; geolocation 'self'", "camera", "camera=()geolocation=()", "Camera=()",
        "camera=(self", "camera=(), ", "camera=(self,src)", "camera=(https://a.example)", "camera='none'"})
    void refusesPermissionsThatBrowsersPassOver(String policy) {
        assertThat(SecurityHeadersYaml.problems("permissionsPolicy: \"" + policy.strip() + "\"")).singleElement()
                .asString().contains("'permissionsPolicy' must be features with lists of who may use them, such as")
                .contains("(was '" + policy.strip() + "')");
    }

    @Test
    void refusesToDoNothing() {
        assertThat(SecurityHeadersYaml.problems("strictTransportSecurity: false, contentTypeOptions: false,"
                + " referrerPolicy: false, frameOptions: false, crossOriginOpenerPolicy: false, remove: []"))
                .singleElement().asString().contains(": must change something: every field is switched off");
    }
}

package io.tidegate.control.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostAllowListTest {

    private final HostAllowList hosts = new HostAllowList(Set.of("Gateway.internal"));

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:9901", "127.0.0.1", "127.0.0.1:1", "127.3.2.1", "[::1]",
        "[::1]:9901", "gateway.internal", "gateway.internal:9901"})
    void allowsLoopbackAndTheConfiguredName(String host) {
        assertThat(hosts.allows(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1",
        "[::1", "[::1]x", "[::ffff:10.0.0.1]", "localhost:", "localhost:x", "localhost:80:80", "localhost, evil",
        "user@localhost", "localhost/", "0.0.0.0", "[::]"})
    void refusesEverythingElse(String host) {
        assertThat(hosts.allows(host)).isFalse();
    }
}

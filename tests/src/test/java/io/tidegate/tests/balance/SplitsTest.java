package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Clients that stay on their side of a split, and those that choose theirs by a cookie.
class SplitsTest extends BalanceFixture {

    private static final int CLIENTS = 400;

    private String yaml(int blue, int green, String by) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  blue: { endpoints: [%s] }
                  green: { endpoints: [%s] }
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstreams: { blue: %s, green: %s }, splitBy: %s }
                """.formatted(url(0), url(1), blue, green, by);
    }

    private Set<Integer> onGreen() {
        Set<Integer> found = new HashSet<>();
        RawClient client = client();
        for (int i = 0; i < CLIENTS; i++) {
            if (who(client, "/", "Cookie: side=client-" + i).equals("s1")) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void aClientStaysOnItsSideWhileTheSharesGrow() {
        services(2);
        gateway = TestGateway.start(yaml(80, 20, "cookie.side"));
        Set<Integer> before = onGreen();
        assertThat(before).hasSizeBetween(CLIENTS / 5 - 48, CLIENTS / 5 + 48);
        assertThat(onGreen()).isEqualTo(before);
        gateway.apply(yaml(50, 50, "cookie.side"));
        assertThat(onGreen()).containsAll(before).hasSizeGreaterThan(before.size());
    }

    @Test
    void requestsWithoutTheKeyGoByChance() {
        services(2);
        gateway = TestGateway.start(yaml(50, 50, "header.x-user"));
        RawClient client = client();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            seen.add(who(client, "/"));
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void aCookieChoosesTheRoute() {
        services(2);
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  stable: { endpoints: [%s] }
                  canary: { endpoints: [%s] }
                telemetry: { accessLog: { to: none } }
                routes:
                  stable: { match: [{ path: "/**" }], upstream: stable }
                  canary: { match: [{ path: "/**", cookies: { canary: "yes" } }], upstream: canary }
                """.formatted(url(0), url(1)));
        RawClient client = client();
        assertThat(who(client, "/")).isEqualTo("s0");
        assertThat(who(client, "/", "Cookie: a=1; canary=yes")).isEqualTo("s1");
        assertThat(who(client, "/", "Cookie: a=1", "Cookie: canary=yes")).as("in several fields").isEqualTo("s1");
        assertThat(who(client, "/", "Cookie: canary=no")).isEqualTo("s0");
        assertThat(who(client, "/", "Cookie: xcanary=yes")).isEqualTo("s0");
        assertThat(who(client, "/", "canary: yes")).isEqualTo("s0");
    }
}

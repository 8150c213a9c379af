package io.tidegate.identity.accesscontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {

    private static Networks networks(String... networks) {
        return Networks.of(Stream.of(networks).map(NetworkConfig::of).toList());
    }

    private static Address address(String text) {
        return Objects.requireNonNull(Address.parse(text), text);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            10.0.0.0/8,            10.0.0.0,          true
            10.0.0.0/8,            10.255.255.255,    true
            10.0.0.0/8,            11.0.0.0,          false
            10.0.0.0/8,            9.255.255.255,     false
            10.0.0.0/8,            ::ffff:10.1.2.3,   true
            10.0.0.0/8,            ::10.1.2.3,        false
            ::ffff:10.0.0.0/104,   10.1.2.3,          true
            ::ffff:10.0.0.0/104,   11.1.2.3,          false
            0.0.0.0/0,             255.255.255.255,   true
            0.0.0.0/0,             0.0.0.0,           true
            0.0.0.0/0,             ::1,               false
            ::/0,                  ::1,               true
            ::/0,                  ffff::,            true
            ::/0,                  10.0.0.1,          false
            192.0.2.7,             192.0.2.7,         true
            192.0.2.7,             192.0.2.8,         false
            192.0.2.7/32,          192.0.2.6,         false
            128.0.0.0/1,           200.0.0.1,         true
            128.0.0.0/1,           127.255.255.255,   false
            2001:db8::/32,         2001:db8::1,       true
            2001:db8::/32,         2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, true
            2001:db8::/32,         2001:db9::,        false
            2001:db8::/64,         2001:db8:0:0:ffff::, true
            2001:db8::/64,         2001:db8:0:1::,    false
            2001:db8::8/125,       2001:db8::f,       true
            2001:db8::8/125,       2001:db8::10,      false
            8000::/1,              ffff::1,           true
            8000::/1,              7fff::1,           false
            ::1/128,               ::1,               true
            ::1/128,               ::2,               false
            """)
    void holdWhatLiesInThem(String network, String address, boolean contained) {
        assertThat(networks(network).contains(address(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "10.0.0/8", "::/129",
        "10.0.0.1/8", "2001:db8::1/32", "2001:db8:1::/32", "fe80::1%eth0", "example.com", "10.0.0.0/8 ",
        "::ffff:10.0.0.0/95", "10.0.0.0/8/8"})
    void areNothingElse(String text) {
        assertThatThrownBy(() -> NetworkConfig.of(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(was '" + text + "')");
    }

    @Test
    void areRangesThatDoNotOverlap() {
        Networks networks = networks("10.1.0.0/16", "10.0.0.0/8", "10.0.0.0/24", "192.0.2.0/25", "10.0.0.0/8",
                "192.0.2.128/25", "2001:db8::/32", "2001:db8:1::/48");

        assertThat(networks.size()).isEqualTo(4);
        assertThat(networks.contains(address("10.200.0.1"))).isTrue();
        assertThat(networks.contains(address("2001:db8:ffff::1"))).isTrue();
        assertThat(Networks.NONE.contains(address("10.0.0.1"))).isFalse();
    }

    /// Hundreds of networks against looking at each of them.
    @Test
    void agreeWithLookingAtEachOfThem() {
        Random random = new Random(11);
        List<NetworkConfig> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int prefix = 16 + random.nextInt(17);
            long first = (random.nextInt(1 << 24) + (10L << 24)) & -1L << 32 - prefix;
            long last = first | (1L << 32 - prefix) - 1;
            all.add(new NetworkConfig("", new Address(0, first, true), new Address(0, last, true)));
        }
        Networks networks = Networks.of(all);
        int contained = 0;
        for (int i = 0; i < 20_000; i++) {
            long bits = random.nextInt(1 << 24) + (10L << 24);
            boolean expected = all.stream()
                    .anyMatch(network -> network.first().low() <= bits && bits <= network.last().low());
            contained += expected ? 1 : 0;
            assertThat(networks.contains(new Address(0, bits, true))).isEqualTo(expected);
        }
        assertThat(contained).isBetween(1000, 19_000);
    }
}

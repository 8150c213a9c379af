package io.tidegate.identity.accesscontrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", "192.0.2.7", "::", "::1", "1::", "2001:db8::1",
        "2001:DB8:0:0:1::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2::7:8", "1:2:3:4::8",
        "1:2:3:4:5::8", "fe80::1%eth0", "::ffff:192.0.2.7", "::ffff:c000:207", "64:ff9b::192.0.2.7",
        "1:2:3:4:5:6:192.0.2.7", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    void readsWhatAddressesLookLike(String text) throws Exception {
        Address address = Address.parse(text);

        assertThat(address).isNotNull();
        String plain = text.replaceAll("%.*", "");
        assertThat(address.bytes()).isEqualTo(InetAddress.getByName(plain).getAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.", ".1.2.3",
        "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1.2.3.0x4", "a.b.c.d", "localhost", ":", ":::", "1:", ":1",
        "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::",
        "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:", "::1:", "%eth0", "::%",
        "\uFF11::", "1.2.3.\u0664", "[::1]", "::1/128"})
    void readsNothingElse(String text) {
        Address address = Address.parse(text);

        // A zone behind nothing leaves '::', which is an address.
        assertThat(address).isEqualTo(text.equals("::%") ? Address.of(0, 0) : null);
    }

    @Test
    void agreesWithThePlatformOnAllForms() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 16 : 4];
            random.nextBytes(bytes);
            for (int zero = random.nextInt(4); zero > 0 && bytes.length == 16; zero--) {
                int at = random.nextInt(8) * 2;
                bytes[at] = 0;
                bytes[at + 1] = 0;
            }
            String text = InetAddress.getByAddress(bytes).getHostAddress();
            String compressed = text.replaceFirst("(^|:)(0(:|$))+", "::").replace(":::", "::");
            for (String form : new String[]{text, bytes.length == 16 ? compressed : text}) {
                Address address = Address.parse(form);
                assertThat(address).as(form).isNotNull();
                assertThat(address.bytes()).as(form).isEqualTo(InetAddress.getByName(form).getAddress());
            }
        }
    }
}

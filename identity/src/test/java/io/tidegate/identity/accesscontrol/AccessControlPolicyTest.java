package io.tidegate.identity.accesscontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Fault;
import io.tidegate.api.FilePath;
import io.tidegate.testkit.CountryDatabase;
import io.tidegate.testkit.PolicyTester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AccessControlPolicyTest {

    @TempDir
    Path folder;

    private static List<NetworkConfig> networks(@Nullable String texts) {
        return texts == null ? List.of() : Stream.of(texts.split(" ", -1)).map(NetworkConfig::of).toList();
    }

    private static AccessControlConfig lists(@Nullable String allow, @Nullable String deny, Rule unix) {
        return new AccessControlConfig(networks(allow), null, networks(deny), null, null, unix);
    }

    private static @Nullable Fault fault(AccessControlConfig config, String address) {
        try (PolicyTester tester = PolicyTester.of(new AccessControlFactory(), config)) {
            return tester.get("/").from(address).send().fault();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            10.0.0.0/8               | -           | 10.1.2.3          | true
            10.0.0.0/8               | -           | 11.1.2.3          | false
            10.0.0.0/8 2001:db8::/32 | -           | 2001:db8::1       | true
            10.0.0.0/8               | -           | 2001:db8::1       | false
            -                        | 10.0.0.0/8  | 10.1.2.3          | false
            -                        | 10.0.0.0/8  | ::ffff:10.1.2.3   | false
            -                        | 10.0.0.0/8  | 11.1.2.3          | true
            10.0.0.0/8               | 10.1.0.0/16 | 10.1.2.3          | false
            10.1.2.3                 | 10.0.0.0/8  | 10.1.2.3          | false
            10.0.0.0/8               | 10.1.0.0/16 | 10.2.2.3          | true
            -                        | 10.0.0.0/8  | no address        | false
            -                        | 10.0.0.0/8  | 1.2.3             | false
            -                        | 10.0.0.0/8  | unix:             | false
            10.0.0.0/8               | -           | unix:             | false
            """)
    void decidesByTheAddressOfTheClient(@Nullable String allow, @Nullable String deny, String address, boolean passes) {
        assertThat(fault(lists(allow, deny, Rule.DENY), address)).isEqualTo(passes ? null : AccessFaults.ADDRESS);
    }

    @Test
    void letsUnixSocketsPassWhereThatIsSaid() {
        assertThat(fault(lists("10.0.0.0/8", null, Rule.ALLOW), "unix:")).isNull();
    }

    @Test
    void readsNetworksFromFiles() throws IOException {
        Path allow = Files.writeString(folder.resolve("allow.txt"), "# staff\n10.0.0.0/8\n\n 2001:db8::/32 # office\n");
        Path deny = Files.writeString(folder.resolve("deny.txt"), "10.6.6.6");
        AccessControlConfig config = new AccessControlConfig(networks("192.0.2.1"), FilePath.of(allow.toString()),
                List.of(), FilePath.of(deny.toString()), null, Rule.DENY);

        assertThat(fault(config, "10.0.0.1")).isNull();
        assertThat(fault(config, "192.0.2.1")).isNull();
        assertThat(fault(config, "2001:db8::1")).isNull();
        assertThat(fault(config, "10.6.6.6")).isEqualTo(AccessFaults.ADDRESS);
        assertThat(fault(config, "192.0.2.2")).isEqualTo(AccessFaults.ADDRESS);
    }

    @Test
    void anEmptyFileAllowsNobody() throws IOException {
        Path allow = Files.writeString(folder.resolve("allow.txt"), "# nobody yet\n");
        AccessControlConfig config = new AccessControlConfig(List.of(), FilePath.of(allow.toString()), List.of(), null,
                null, Rule.DENY);

        assertThat(fault(config, "10.0.0.1")).isEqualTo(AccessFaults.ADDRESS);
    }

    @Test
    void saysWhichLineOfAFileIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("deny.txt"), "10.0.0.0/8\n\n10.0.0.1/8\n");
        AccessControlConfig config = new AccessControlConfig(List.of(), null, List.of(), FilePath.of(file.toString()),
                null, Rule.DENY);
        assertThatThrownBy(() -> fault(config, "10.0.0.1")).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.component()).isEqualTo("denyFile");
            assertThat(e).hasMessageContaining("line 3: must have no bits behind its prefix (was '10.0.0.1/8')");
        });
        Files.delete(file);
        assertThatThrownBy(() -> fault(config, "10.0.0.1")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("can't be read");
    }

    private AccessControlConfig countries(List<String> allow, List<String> deny, Rule unknown) {
        Path file = folder.resolve("countries.mmdb");
        new CountryDatabase().network("192.0.2.0", 24, "SE").network("192.0.2.128", 25, "NO")
                .network("198.51.100.0", 24, "DE").network("2001:db8::", 32, "SE").network("203.0.113.0", 24, "")
                .write(file);
        return new AccessControlConfig(List.of(), null, List.of(), null,
                new CountriesConfig(FilePath.of(file.toString()), allow, deny, unknown), Rule.DENY);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            192.0.2.1,          true
            192.0.2.129,        false
            ::ffff:192.0.2.1,   true
            ::ffff:192.0.2.200, false
            198.51.100.1,       false
            2001:db8::7,        true
            2001:db9::7,        false
            203.0.113.1,        false
            10.0.0.1,           false
            """)
    void decidesByTheCountry(String address, boolean passes) {
        Fault expected = passes ? null : AccessFaults.COUNTRY;
        assertThat(fault(countries(List.of("SE"), List.of(), Rule.DENY), address)).isEqualTo(expected);
    }

    @Test
    void deniesCountriesAndDecidesOnUnknownOnes() {
        AccessControlConfig allowing = countries(List.of(), List.of("SE"), Rule.ALLOW);
        assertThat(fault(allowing, "192.0.2.1")).isEqualTo(AccessFaults.COUNTRY);
        assertThat(fault(allowing, "192.0.2.129")).isNull();
        assertThat(fault(allowing, "10.0.0.1")).isNull();
        assertThat(fault(allowing, "203.0.113.1")).isNull();
        assertThat(fault(countries(List.of(), List.of("SE"), Rule.DENY), "10.0.0.1")).isEqualTo(AccessFaults.COUNTRY);
    }

    @Test
    void refusesADatabaseThatIsNone() throws IOException {
        AccessControlConfig config = countries(List.of("SE"), List.of(), Rule.DENY);
        Path file = folder.resolve("countries.mmdb");
        byte[] whole = Files.readAllBytes(file);
        Files.writeString(file, "nothing");
        assertThatThrownBy(() -> fault(config, "10.0.0.1")).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.component()).isEqualTo("countries.database");
            assertThat(e).hasMessageContaining("no database in the format of MaxMind");
        });
        Files.delete(file);
        assertThatThrownBy(() -> fault(config, "10.0.0.1")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is none");
        // One whose tree leads nowhere is refused when it is opened, or refuses whom it can't tell of.
        for (int i = 0; i < 60; i++) {
            byte[] broken = whole.clone();
            broken[i] = (byte) 0xFF;
            Files.write(file, broken);
            try {
                assertThat(fault(config, "198.51.100.1")).isEqualTo(AccessFaults.COUNTRY);
            } catch (ConfigException e) {
                assertThat(e.component()).isEqualTo("countries.database");
            }
        }
    }

    @Test
    void refusesRulesThatSayNothingOrContradictThemselves() {
        assertThatThrownBy(() -> lists(null, null, Rule.DENY)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> countries(List.of(), List.of(), Rule.DENY)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> countries(List.of("SE"), List.of("SE"), Rule.DENY))
                .isInstanceOf(ConfigException.class);
    }
}

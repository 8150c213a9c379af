package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.CountryDatabase;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From where clients may call.
class AccessControlTest extends AccessFixture {

    @TempDir
    Path folder;

    private GatewayYaml behindProxy(String policy) {
        return yaml(policy).listener("trustedProxies: [127.0.0.1/32]");
    }

    private RawResponse from(String address) {
        return send("X-Forwarded-For: " + address + "\r\n");
    }

    @Test
    void refusesThePeerThatIsDenied() {
        start("accessControl: { deny: [127.0.0.0/8] }");

        RawResponse refused = send("");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.fault()).isEqualTo("access.address");
        assertThat(from("192.0.2.1").status()).isEqualTo(403);
        assertThat(service.requestCount()).isZero();
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"address\"")).isEqualTo(2);
    }

    @Test
    void looksAtWhatTrustedProxiesSayOfTheClient() {
        new CountryDatabase().network("192.0.2.0", 24, "SE").network("198.51.100.0", 24, "DE")
                .write(folder.resolve("countries.mmdb"));
        start(behindProxy("accessControl: { deny: [192.0.2.66], countries: { database: \""
                + folder.resolve("countries.mmdb") + "\", allow: [SE], unknown: deny } }"));

        assertThat(from("192.0.2.1").status()).isEqualTo(200);
        assertThat(from("192.0.2.66").fault()).isEqualTo("access.address");
        assertThat(from("198.51.100.1").fault()).isEqualTo("access.country");
        assertThat(send("").fault()).isEqualTo("access.country");
    }

    @Test
    void takesTheNetworksOfAFileAnewWithEachReload() throws IOException {
        Path file = Files.writeString(folder.resolve("allow.txt"), "192.0.2.0/24\n");
        GatewayYaml yaml = behindProxy("accessControl: { allowFile: \"" + file + "\" }");
        start(yaml);
        assertThat(from("192.0.2.1").status()).isEqualTo(200);
        assertThat(from("198.51.100.1").status()).isEqualTo(403);

        Files.writeString(file, "198.51.100.0/24\n");
        gateway.apply(yaml.text());

        assertThat(from("192.0.2.1").status()).isEqualTo(403);
        assertThat(from("198.51.100.1").status()).isEqualTo(200);
    }

    @Test
    void peersOnUnixSocketsPassWhereThatIsSaid() {
        GatewayYaml unix = yaml("accessControl: { allow: [10.0.0.0/8], unix: allow }")
                .at("unix:" + folder.resolve("gateway.sock"));
        start(unix);
        assertThat(send("").status()).isEqualTo(200);
        gateway.apply(unix.text().replace("unix: allow", "unix: deny"));
        assertThat(send("").fault()).isEqualTo("access.address");
    }
}

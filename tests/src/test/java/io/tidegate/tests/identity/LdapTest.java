package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.tls.Authority;
import java.net.InetAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// User names and passwords that a directory knows, over TLS.
class LdapTest extends AccessFixture {

    private static final String ALICE = "alice:secret-a";

    /// How connections to a directory are encrypted.
    enum Way {
        LDAPS("ldaps"), START_TLS("ldap");

        private final String scheme;

        Way(String scheme) {
            this.scheme = scheme;
        }
    }

    @TempDir
    Path folder;

    private @Nullable InMemoryDirectoryServer directory;

    @AfterEach
    void stopDirectory() {
        if (directory != null) {
            directory.shutDown(true);
        }
    }

    /// A directory that speaks LDAP with StartTLS and LDAPS, and whose certificate has this name.
    private InMemoryDirectoryServer directory(Authority authority, String name) throws Exception {
        X509Bundle bundle = authority.server(false, name);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
        config.setSchema(null);
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig(Way.START_TLS.name(), InetAddress.getLoopbackAddress(), 0,
                        tls.getSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig(Way.LDAPS.name(), InetAddress.getLoopbackAddress(), 0,
                        tls.getServerSocketFactory(), tls.getSocketFactory()));
        InMemoryDirectoryServer server = new InMemoryDirectoryServer(config);
        server.add("dn: dc=example,dc=org", "objectClass: domain", "dc: example");
        server.add("dn: uid=alice,dc=example,dc=org", "objectClass: inetOrgPerson", "uid: alice",
                "userPassword: secret-a", "memberOf: cn=staff,dc=example,dc=org");
        server.add("dn: uid=bob,dc=example,dc=org", "objectClass: inetOrgPerson", "uid: bob", "userPassword: secret-b");
        server.startListening();
        directory = server;
        return server;
    }

    private RawResponse by(String pair) {
        return send(basic(pair));
    }

    private void start(Way way, InMemoryDirectoryServer server, Authority trusted) {
        start("ldap: { urls: [\"" + way.scheme + "://localhost:" + server.getListenPort(way.name()) + "\"], startTls: "
                + (way == Way.START_TLS) + ", ca: \"" + trusted.ca("ca.pem")
                + "\", userDn: \"uid={username},dc=example,dc=org\", unknownConsumer: allow,"
                + " connectTimeout: 20s, timeout: 20s }",
                "authorize: { groups: [staff] }");
    }

    private void assertServes() {
        assertThat(by(ALICE).status()).isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(1);
        assertThat(service.request(0).field("authorization")).isNull();
        RawResponse wrong = by("alice:secret-b");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.fault()).isEqualTo("auth.invalid");
        assertThat(wrong.field("www-authenticate")).isEqualTo("Basic realm=\"tidegate\", charset=\"UTF-8\"");
        assertThat(by("alice:").fault()).isEqualTo("auth.invalid");
        assertThat(by("bob:secret-b").fault()).isEqualTo("access.denied");
        assertThat(send("").fault()).isEqualTo("auth.missing");
        assertThat(service.requestCount()).isEqualTo(1);
        assertThat(by(ALICE).status()).isEqualTo(200);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"remembered\"")).isEqualTo(1);
    }

    private void assertReachesNobody() {
        RawResponse response = by(ALICE);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.fault()).isEqualTo("auth.unavailable");
        assertThat(response.field("retry-after")).isEqualTo("1");
        assertThat(service.requestCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void asksADirectoryAndEncryptsBeforeItSaysAnything(Way way) throws Exception {
        Authority authority = new Authority(folder, "Directories");
        start(way, directory(authority, "localhost"), authority);
        assertServes();
    }

    @ParameterizedTest
    @EnumSource
    void showsNoPasswordToADirectoryOfAnotherName(Way way) throws Exception {
        Authority authority = new Authority(folder, "Directories");
        start(way, directory(authority, "other.example.org"), authority);
        assertReachesNobody();
    }

    @ParameterizedTest
    @EnumSource
    void showsNoPasswordToADirectoryThatNobodyVouchesFor(Way way) throws Exception {
        start(way, directory(new Authority(folder, "Strangers"), "localhost"), new Authority(folder, "Directories"));
        assertReachesNobody();
    }

    @Test
    void saysThatADirectoryIsDownAndGoesOnWithWhatItRemembers() throws Exception {
        Authority authority = new Authority(folder, "Directories");
        InMemoryDirectoryServer server = directory(authority, "localhost");
        start(Way.LDAPS, server, authority);
        assertThat(by(ALICE).status()).isEqualTo(200);

        server.shutDown(true);

        assertThat(by(ALICE).status()).isEqualTo(200);
        assertThat(by("alice:other").fault()).isEqualTo("auth.unavailable");
    }
}

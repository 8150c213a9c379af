package io.tidegate.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.OperationType;
import com.unboundid.ldap.sdk.ResultCode;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Fault;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.config.IdentityConfig;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LdapPolicyTest {

    private static final String BASE = "dc=example,dc=org";
    private static final String PEOPLE = "ou=people," + BASE;
    private static final String TEMPLATE = "uid={username}," + PEOPLE;
    private static final String SERVICE = "cn=gateway," + BASE;

    private final AtomicInteger binds = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));
    private final InstantSource clock = now::get;
    private final InMemoryDirectoryServer server = directory();

    private InMemoryDirectoryServer directory() {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
            config.setSchema(null);
            config.setListenerConfigs(InMemoryListenerConfig.createLDAPConfig("plain",
                    InetAddress.getLoopbackAddress(), 0, null));
            config.addAdditionalBindCredentials(SERVICE, "service-password");
            config.setAuthenticationRequiredOperationTypes(OperationType.SEARCH);
            config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
                @Override
                public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) {
                    if (request.getRequest().getBindDN().contains("ou=people")) {
                        binds.incrementAndGet();
                    }
                }
            });
            return new InMemoryDirectoryServer(config);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void fill() throws Exception {
        server.add("dn: " + BASE, "objectClass: domain", "dc: example");
        server.add("dn: " + PEOPLE, "objectClass: organizationalUnit", "ou: people");
        server.add("dn: ou=groups," + BASE, "objectClass: organizationalUnit", "ou: groups");
        person("alice", "secret-a", "cn=staff,ou=groups," + BASE, "plain group");
        person("bob", "secret-b");
        person("o'neil, (x)*", "secret-o");
        server.add("dn: cn=partners,ou=groups," + BASE, "objectClass: groupOfNames", "cn: partners",
                "member: uid=alice," + PEOPLE, "member: uid=bob," + PEOPLE);
        server.add("dn: cn=others,ou=groups," + BASE, "objectClass: groupOfNames", "cn: others",
                "member: uid=bob," + PEOPLE);
        server.startListening();
    }

    private void person(String name, String password, String... groups) throws LDAPException {
        com.unboundid.ldap.sdk.Entry entry = new com.unboundid.ldap.sdk.Entry(
                new com.unboundid.ldap.sdk.DN(new com.unboundid.ldap.sdk.RDN("uid", name),
                        new com.unboundid.ldap.sdk.DN(PEOPLE)));
        entry.addAttribute("objectClass", "inetOrgPerson");
        entry.addAttribute("uid", name);
        entry.addAttribute("userPassword", password);
        if (groups.length > 0) {
            entry.addAttribute("memberOf", groups);
        }
        server.add(entry);
    }

    @AfterEach
    void stop() {
        server.shutDown(true);
    }

    private LdapConfig config(@Nullable String userDn, @Nullable UserSearchConfig search,
            @Nullable GroupSearchConfig groups, UnknownConsumer unknown, Duration rememberFor) {
        return config(server.getListenPort(), userDn, search, groups, unknown, rememberFor, false);
    }

    private static LdapConfig config(int port, @Nullable String userDn, @Nullable UserSearchConfig search,
            @Nullable GroupSearchConfig groups, UnknownConsumer unknown, Duration rememberFor, boolean optional) {
        return new LdapConfig(List.of("ldap://127.0.0.1:" + port), false, true, null, userDn, search, "memberOf",
                groups, rememberFor, Duration.ofSeconds(5), Duration.ofSeconds(5), 4, "staff", optional, unknown, true);
    }

    private LdapConfig plain() {
        return config(TEMPLATE, null, null, UnknownConsumer.ALLOW, Duration.ofMinutes(1));
    }

    private static UserSearchConfig search(@Nullable String filter, @Nullable String password) {
        return new UserSearchConfig(BASE, "uid", filter, password == null ? null : SERVICE, password);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(bytes(pair));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private PolicyTester tester(LdapConfig config) {
        return PolicyTester.at(clock).then(new LdapFactory(), config);
    }

    private TesterResult send(LdapConfig config, @Nullable String authorization) {
        try (PolicyTester tester = tester(config)) {
            return authorization == null
                    ? tester.get("/").send()
                    : tester.get("/").header("authorization", authorization).send();
        }
    }

    @Test
    void knowsAUserByThePassword() {
        TesterResult result = send(plain(), basic("alice:secret-a"));

        assertThat(result.sent().header("authorization")).isNull();
        Principal alice = Objects.requireNonNull(result.principal());
        assertThat(alice.method()).isEqualTo("ldap");
        assertThat(alice.subject()).isEqualTo("uid=alice,ou=people,dc=example,dc=org");
        assertThat(alice.issuer()).startsWith("ldap://127.0.0.1:");
        assertThat(alice.groups()).containsExactlyInAnyOrder("staff", "plain group");
        assertThat(alice.claims()).isEqualTo(Map.of("username", "alice"));
        assertThat(alice.consumer()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice:secret-b", "alice:Secret-a", "alice:secret-a ", "alice:", ":secret-a", ":",
        "nobody:secret-a", "alice,ou=people:secret-a", "alice)(uid=*:secret-a", "*:secret-a", "al*:secret-a",
        "alice\\:secret-a", "alice+cn=x:secret-a", "o'neil\\, (x)*:secret-o", "o'neil, (x):secret-o"})
    void refusesEverybodyElse(String pair) {
        for (LdapConfig config : List.of(plain(),
                config(null, search("(objectClass=inetOrgPerson)", "service-password"), null, UnknownConsumer.ALLOW,
                        Duration.ZERO))) {
            TesterResult result = send(config, basic(pair));
            assertThat(result.fault()).isEqualTo(AccessFaults.INVALID);
            assertThat(result.header("www-authenticate")).isEqualTo("Basic realm=\"staff\", charset=\"UTF-8\"");
        }
    }

    @Test
    void namesMayHoldWhatFiltersAndNamesAreMadeOf() {
        for (LdapConfig config : List.of(plain(),
                config(null, search(null, "service-password"), null, UnknownConsumer.ALLOW, Duration.ZERO))) {
            TesterResult result = send(config, basic("o'neil, (x)*:secret-o"));
            assertThat(result.principal()).isNotNull().extracting(Principal::subject)
                    .isEqualTo("uid=o'neil\\, (x)*,ou=people,dc=example,dc=org");
        }
    }

    @Test
    void anEmptyPasswordIsNeverSentToTheDirectory() {
        assertThat(send(plain(), basic("alice:")).fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(binds).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            -                  | auth.missing
            Bearer abc         | auth.missing
            Basic              | auth.malformed
            Basic %%%          | auth.malformed
            Basic YWxpY2U=     | auth.malformed
            Basic /zphYmM=     | auth.malformed
            Basic YQBiOmM=     | auth.malformed
            Basic YTpiCg==     | auth.malformed
            """)
    void refusesWhatIsNoUserNameAndPassword(@Nullable String authorization, String code) {
        TesterResult result = send(plain(), authorization);
        assertThat(result.fault()).isNotNull().extracting(Fault::code).isEqualTo(code);
        assertThat(result.status()).isEqualTo(401);
    }

    @Test
    void findsUsersAndGroupsBySearching() {
        LdapConfig config = config(null, search("(objectClass=inetOrgPerson)", "service-password"),
                new GroupSearchConfig("ou=groups," + BASE, "member", "cn", "(objectClass=groupOfNames)"),
                UnknownConsumer.ALLOW, Duration.ZERO);

        assertThat(send(config, basic("alice:secret-a")).principal()).isNotNull()
                .extracting(Principal::groups).isEqualTo(Set.of("staff", "plain group", "partners"));
        assertThat(send(config, basic("bob:secret-b")).principal()).isNotNull().extracting(Principal::groups)
                .isEqualTo(Set.of("partners", "others"));
        // A filter that alice does not match.
        assertThat(send(config(null, search("(memberOf=nothing)", "service-password"), null, UnknownConsumer.ALLOW,
                Duration.ZERO), basic("alice:secret-a")).fault()).isEqualTo(AccessFaults.INVALID);
    }

    @Test
    void refusesAUserNameThatTwoEntriesHave() throws Exception {
        server.add("dn: uid=alice,ou=groups," + BASE, "objectClass: inetOrgPerson", "uid: alice",
                "userPassword: secret-a");
        LdapConfig config = config(null, search(null, "service-password"), null, UnknownConsumer.ALLOW, Duration.ZERO);

        assertThat(send(config, basic("alice:secret-a")).fault()).isEqualTo(AccessFaults.INVALID);
        assertThat(send(config, basic("bob:secret-b")).reachedUpstream()).isTrue();
    }

    @Test
    void remembersWhoWasRightForAWhile() throws Exception {
        try (PolicyTester tester = tester(plain())) {
            for (int i = 0; i < 5; i++) {
                assertThat(tester.get("/").header("authorization", basic("alice:secret-a")).send().status())
                        .isEqualTo(200);
            }
            assertThat(binds).hasValue(1);
            assertThat(tester.count("remembered")).isEqualTo(4);
            assertThat(tester.get("/").header("authorization", basic("alice:secret-b")).send().status()).isEqualTo(401);
            assertThat(tester.get("/").header("authorization", basic("alice:secret-b")).send().status()).isEqualTo(401);
            assertThat(binds).hasValue(3);

            server.modify("dn: uid=alice," + PEOPLE, "changetype: modify", "replace: userPassword",
                    "userPassword: changed");
            now.set(now.get().plusSeconds(59));
            assertThat(tester.get("/").header("authorization", basic("alice:secret-a")).send().status()).isEqualTo(200);
            now.set(now.get().plusSeconds(2));
            assertThat(tester.get("/").header("authorization", basic("alice:secret-a")).send().status()).isEqualTo(401);
        }
    }

    @Test
    void knowsConsumersByTheirEntries() {
        Consumer staff = new Consumer("alice", Set.of("admins"));
        Consumers consumers = new Consumers() {
            @Override
            public @Nullable Consumer identified(Identity identity) {
                return identity.equals(new Identity(Identity.Kind.DIRECTORY, "",
                        "uid=alice,ou=people,dc=example,dc=org")) ? staff : null;
            }
        };
        LdapConfig config = config(TEMPLATE, null, null, UnknownConsumer.REFUSE, Duration.ZERO);
        try (PolicyTester tester = PolicyTester.at(clock).knowing(consumers).then(new LdapFactory(), config)) {
            TesterResult alice = tester.get("/").header("authorization", basic("ALICE:secret-a")).send();
            assertThat(alice.principal()).isNotNull().extracting(Principal::consumer).isEqualTo(staff);
            assertThat(alice.principal()).isNotNull().extracting(Principal::groups)
                    .isEqualTo(Set.of("admins", "staff", "plain group"));
            assertThat(tester.get("/").header("authorization", basic("bob:secret-b")).send().fault())
                    .isEqualTo(AccessFaults.UNKNOWN_CONSUMER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uid=alice,ou=people,dc=example,dc=org", "UID=Alice, OU=People ,dc = example, DC=ORG",
        "cn=O'Brien  John,dc=org", "cn=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h,dc=org", "cn=a\\=b=c,dc=org", "cn=\\#1,dc=org",
        "cn=\\ a\\ ,dc=org", "cn=Zo\u00eb \u00c9,dc=org", "cn=Zo\\C3\\AB,dc=org", "cn=\\0d\\0a,dc=org",
        "sn=B+cn=A,dc=org",
        "cn=b+cn=a,dc=org", "2.5.4.3=X,dc=org", "cn=\"a, b\",dc=org", "cn=a#b,dc=org", "cn=\u0130\u00df\u03a3,dc=org",
        "cn=\ud83d\ude00,dc=org", "cn=,dc=org", "cn=~!@$%^&*()_-{}[]|:/.?,dc=org"})
    void anEntryThatIsDeclaredInAnySpellingIsTheOneThatTheDirectoryNames(String declared) throws LDAPException {
        Identity identity = new IdentityConfig(null, null, declared).identity();

        assertThat(identity.subject()).isEqualTo(new DN(declared).toNormalizedString());
        assertThat(new IdentityConfig(null, null, identity.subject()).identity()).isEqualTo(identity);
    }

    @Test
    void letsPassWhoShowsNothingWhereThatIsSaid() {
        LdapConfig config = config(server.getListenPort(), TEMPLATE, null, null, UnknownConsumer.ALLOW, Duration.ZERO,
                true);
        assertThat(new LdapFactory().isOptional(config)).isTrue();
        TesterResult nobody = send(config, null);
        assertThat(nobody.reachedUpstream()).isTrue();
        assertThat(nobody.principal()).isNull();
        assertThat(send(config, basic("alice:wrong")).status()).isEqualTo(401);
    }

    @Test
    void aDirectoryThatIsDownIsNoRefusal() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        TesterResult result = send(config(free, TEMPLATE, null, null, UnknownConsumer.ALLOW, Duration.ZERO, false),
                basic("alice:secret-a"));
        assertThat(result.fault()).isEqualTo(AccessFaults.UNAVAILABLE);
    }

    @Test
    void aWrongPasswordOfTheGatewayItselfIsNoRefusal() {
        LdapConfig config = config(null, search(null, "wrong"), null, UnknownConsumer.ALLOW, Duration.ZERO);
        assertThat(send(config, basic("alice:secret-a")).fault()).isEqualTo(AccessFaults.UNAVAILABLE);
        assertThat(send(config(null, search(null, null), null, UnknownConsumer.ALLOW, Duration.ZERO),
                basic("alice:secret-a")).fault()).isEqualTo(AccessFaults.UNAVAILABLE);
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsMadeAnew() {
        LdapConfig config = config(TEMPLATE, null, null, UnknownConsumer.ALLOW, Duration.ZERO);
        try (PolicyTester tester = tester(config)) {
            assertThat(tester.get("/").header("authorization", basic("alice:secret-a")).send().status()).isEqualTo(200);
            server.closeAllConnections(false);
            assertThat(tester.get("/").header("authorization", basic("bob:secret-b")).send().status()).isEqualTo(200);
        }
    }

    @Test
    void asksTheNextDirectoryWhereOneIsDown() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        LdapConfig config = new LdapConfig(
                List.of("ldap://127.0.0.1:" + free, "ldap://127.0.0.1:" + server.getListenPort()), false, true, null,
                TEMPLATE, null, "", null, Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(5), 4, "staff",
                false, UnknownConsumer.ALLOW, false);
        TesterResult result = send(config, basic("alice:secret-a"));
        assertThat(result.sent().header("authorization")).isNotNull();
        assertThat(result.principal()).isNotNull().extracting(Principal::groups).isEqualTo(Set.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ldap://h     | uid={username},dc=x     | urls
            ldaps://h:0  | uid={username},dc=x     | urls
            ldaps://h    | uid={username}          | userDn
            ldaps://h    | uid=x{username},dc=x    | userDn
            ldaps://h    | {username},dc=x         | userDn
            ldaps://h    | uid={username},nonsense | userDn
            ldaps://h    | uid={username},o={username} | userDn
            """)
    void refusesWhatCanNotBeMeant(String url, String userDn, String component) {
        assertThatThrownBy(() -> new LdapConfig(List.of(url), false, false, null, userDn, null, "memberOf", null,
                Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), 4, "a", false, UnknownConsumer.ALLOW,
                true)).isInstanceOfSatisfying(ConfigException.class,
                        e -> assertThat(e.component()).isEqualTo(component));
    }

    @Test
    void whoWouldWaitBehindTooManyIsToldAtOnce() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Directory directory = new Directory(new LdapConfig(
                        List.of("ldap://127.0.0.1:" + silent.getLocalPort()), false, true, null, TEMPLATE, null, "",
                        null, Duration.ZERO, Duration.ofSeconds(60), Duration.ofSeconds(60), 1, "staff", false,
                        UnknownConsumer.ALLOW, false))) {
            List<Thread> asking = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                asking.add(Thread.ofVirtual().start(() -> {
                    try {
                        directory.check("alice", bytes("secret-a"));
                    } catch (LDAPException | InterruptedException e) {
                        answers.countDown();
                    }
                }));
            }
            Await.until("eight wait behind one", () -> directory.waiting() == 8);

            assertThatThrownBy(() -> directory.check("bob", bytes("secret-b")))
                    .isInstanceOfSatisfying(LDAPException.class,
                            e -> assertThat(e.getResultCode()).isEqualTo(ResultCode.BUSY));
            assertThat(answers.getCount()).as("nobody else was told anything").isEqualTo(1);
            asking.forEach(Thread::interrupt);
        }
    }

    @Test
    void showsNoPasswords() {
        assertThat(search(null, "service-password").toString()).doesNotContain("service-password");
        assertThatThrownBy(() -> new UserSearchConfig(BASE, "uid", "(broken", null, null))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new UserSearchConfig(BASE, "uid", null, SERVICE, ""))
                .isInstanceOf(ConfigException.class);
    }
}

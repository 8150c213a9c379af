package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// `/admin` and all below it needs a key, everything else is open, and one service is behind both: whatever way a path
/// is written, no service gets one without a key that it could read as `/admin`.
class PathBypassTest {

    private static final int PATHS = 12_000;
    private static final long SEED = 20_261_129;

    private static final String[] PIECES = {"/", "//", "/.", "/..", "/./", "/../", "/a/..", "/a/../", "/%2e", "/%2e%2E",
        "/.%2e/", "/..;", "/..;x=1/", "/.;/", "/;", ";x=1", ";", "\\", "/\\", "%5c", "%5C..%5c", "%2f", "%2F..%2f",
        "%252e%252e", "%252f", "%255c", "%00", "%c0%ae", "%ef%bc%8f", "%20", ".", "..", "?", "?a=/admin", "a", "a/",
        "admin", "admin/", "%61dmin", "a%64min", "adm%69%6e", "admin;x", "admin%20", "admin.", "ADMIN", "@", ":",
        "~", "%", "%zz", "%7e", "%3b", "%3f", "%23"};

    private static final String[] WHOLE = {"/admin", "/admin/", "/admin/users", "/a/../admin", "/a/./../admin",
        "/%61dmin", "/%2561dmin/%252e%252e", "/a/%2e%2e/admin", "/a/..;/admin", "/admin;x=1", "/;/admin",
        "/a;x/../admin", "/a%2fadmin", "/%2fadmin", "//admin", "///admin//", "/a\\..\\admin", "/a%5c..%5cadmin",
        "/%c0%ae%c0%ae/admin", "/../admin", "/%252e%252e/admin", "/./admin", "/a//../admin", "http://a/admin",
        "http://a//admin", "http://a/x/../admin", "http://a@b/admin", "/admin%00", "/admin%20", "/.;/admin",
        "/a/..%3b/admin", "/%ef%bc%8fadmin", "*", "admin", "@a/admin"};

    private static String path(SplittableRandom random) {
        StringBuilder path = new StringBuilder(random.nextInt(8) == 0 ? "" : "/");
        int pieces = random.nextInt(1, 7);
        boolean protectedOne = random.nextBoolean();
        int at = random.nextInt(pieces);
        for (int i = 0; i < pieces; i++) {
            path.append(PIECES[random.nextInt(PIECES.length)]);
            if (protectedOne && i == at) {
                path.append(random.nextBoolean() ? "/admin" : "admin");
            }
        }
        return path.toString();
    }

    private static TestGateway gateway(TestUpstream service) {
        return TestGateway.start("""
                listeners: { default: { address: "127.0.0.1:0", limits: { requestsPerConnection: 1000000 } } }
                upstreams:
                  service: { endpoints: ["%s"] }
                routes:
                  admin:
                    match: [{ path: "/admin/**" }]
                    upstream: service
                    policies: [{ apiKey: {} }]
                  open:
                    match: [{ path: "/**" }]
                    upstream: service
                    public: true
                consumers:
                  ops: { apiKeys: [{ sha256: "%s" }] }
                defaultAccess: deny
                """.formatted(service.url(), "0".repeat(64)));
    }

    @Test
    void noWayToWriteAPathGetsPastAKey() {
        List<String> paths = new ArrayList<>(List.of(WHOLE));
        SplittableRandom random = new SplittableRandom(SEED);
        while (paths.size() < PATHS) {
            paths.add(path(random));
        }
        List<String> bypasses = new ArrayList<>();
        int[] counts = new int[3];
        try (TestUpstream service = TestUpstream.echo(); TestGateway gateway = gateway(service)) {
            RawClient client = gateway.client();
            try {
                for (String path : paths) {
                    int before = service.requestCount();
                    RawResponse response = client.exchange("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
                    if (service.requestCount() > before) {
                        counts[0]++;
                        String seen = service.request(service.requestCount() - 1).target().replaceAll("\\?.*", "");
                        if (ServicePaths.readings(seen).stream().anyMatch(PathBypassTest::isProtected)) {
                            bypasses.add(path + " came as " + seen);
                        }
                    } else {
                        counts[response.status() == 401 ? 1 : 2]++;
                    }
                    if (response.status() >= 400 && response.status() != 401) {
                        client.close();
                        client = gateway.client();
                    }
                }
            } finally {
                client.close();
            }
        }

        assertThat(bypasses).isEmpty();
        assertThat(counts[0]).as("requests that a service got").isGreaterThan(PATHS / 10);
        assertThat(counts[1]).as("requests that had no key").isGreaterThan(PATHS / 50);
        assertThat(counts[2]).as("requests that were refused for their path").isGreaterThan(PATHS / 10);
    }

    private static boolean isProtected(String path) {
        return path.equals("/admin") || path.startsWith("/admin/");
    }
}

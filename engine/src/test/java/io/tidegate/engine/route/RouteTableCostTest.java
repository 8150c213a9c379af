package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import io.tidegate.config.RouteConfig;
import io.tidegate.engine.route.RouteMatch.Outcome;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.RequestParser;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a look-up costs: visited nodes and allocated bytes, never time.
class RouteTableCostTest {

    private final RouteMatch<String> match = new RouteMatch<>();

    private static RouteTable<String> table(List<String> routes) {
        Map<String, RouteConfig> declared = new LinkedHashMap<>();
        for (String route : routes) {
            declared.put("r" + declared.size(), Declared.route(route));
        }
        return Declared.table(declared);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 40, 1_000, 20_000})
    void visitsAsManyNodesAsThePathHasSegmentsHoweverManyRoutesThereAre(int count) {
        RouteTable<String> table = Services.table(count);
        int last = count - 1;

        table.match(TextInput.get(Services.host(last), "/v1/things-" + last + "/list"), match);
        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(match.visits()).isEqualTo(4);

        table.match(TextInput.get(Services.host(last), "/v1/nothing"), match);
        assertThat(match.outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(match.visits()).isEqualTo(2);
    }

    @Test
    void findsEachOfAHundredThousandRoutes() {
        int count = 100_000;
        RouteTable<String> table = Services.table(count);
        assertThat(table.size()).isEqualTo(count);

        for (int i = 0; i < count; i++) {
            table.match(Services.request(i), match);
            if (match.outcome() != Outcome.FOUND || !match.route().equals("r" + i)) {
                assertThat(match.outcome()).as("route %d", i).isEqualTo(Outcome.FOUND);
                assertThat(match.route()).isEqualTo("r" + i);
            }
            if (i % 4 == 1) {
                assertThat(match.parameterText("id")).isEqualTo("42");
            }
        }
    }

    /// All 2^depth patterns of a literal or a parameter per segment, before a literal that no request has.
    private static List<String> everyMixture(int depth) {
        return IntStream.range(0, 1 << depth).mapToObj(bits -> {
            StringBuilder path = new StringBuilder("path:");
            for (int i = 0; i < depth; i++) {
                path.append((bits & 1 << i) == 0 ? "/a" : "/{p" + i + "}");
            }
            return path.append("/end").append(bits).toString();
        }).toList();
    }

    @Test
    void visitsEveryNodeOnceAtMostWhereEverythingOverlaps() {
        int depth = 9;
        RouteTable<String> table = table(everyMixture(depth));
        table.match(TextInput.get("", "/a".repeat(depth) + "/nowhere"), match);
        assertThat(match.outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(match.visits()).isEqualTo((1 << (depth + 1)) - 1).isLessThanOrEqualTo(RouteIndex.MAX_VISITS);

        table.match(TextInput.get("", "/b".repeat(depth) + "/nowhere"), match);
        assertThat(match.visits()).isEqualTo(depth + 1);

        table.match(TextInput.get("", "/a".repeat(4_000)), match);
        assertThat(match.visits()).isLessThanOrEqualTo(RouteIndex.MAX_VISITS);
    }

    @Test
    void refusesATableThatCouldVisitMoreNodesThanTheBound() {
        List<String> routes = everyMixture(12).stream().map(path -> "host:a.com " + path).toList();

        assertThatThrownBy(() -> table(routes)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host 'a.com'").hasMessageContaining("at most 4096")
                .hasMessageContaining("(was ");
    }

    @Test
    void longChainsOfParametersNeitherMultiplyNorRecurse() {
        List<String> routes = new ArrayList<>();
        for (int depth = 1; depth <= 1_000; depth++) {
            routes.add("path:" + parameters(depth) + "/end" + depth);
            routes.add("path:" + parameters(depth) + "/**" + " POST");
        }
        RouteTable<String> table = table(routes);

        table.match(TextInput.get("", "/x".repeat(1_000) + "/end1000"), match);
        assertThat(match.route()).isEqualTo("r1998");
        assertThat(match.visits()).isEqualTo(1_002);

        table.match(TextInput.get("", "/x".repeat(1_000) + "/end999"), match);
        assertThat(match.outcome()).isEqualTo(Outcome.METHOD_NOT_ALLOWED);
        assertThat(match.visits()).isEqualTo(1_001);
    }

    private static String parameters(int depth) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            path.append("/{p").append(i).append('}');
        }
        return path.toString();
    }

    @Test
    void namesTriedAsWildcardsAreOnlyThoseOfALengthThatExists() {
        RouteTable<String> table = table(List.of("host:*.a.com", "host:*.b.a.com path:/x"));

        table.match(TextInput.get("z.".repeat(100) + "b.a.com", "/y"), match);
        assertThat(match.route()).isEqualTo("r0");
    }

    @Test
    void readsAFieldOnceHoweverManyRoutesCompareIt() {
        List<String> routes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            routes.add("path:/a GET header:x-tenant=t" + i);
        }
        routes.add("path:/a GET header:x-other=1");
        routes.add("path:/a GET");
        RouteTable<String> table = table(routes);
        CountedInput input = new CountedInput("t1999");

        assertThat(table.match(input, match).route()).isEqualTo("r1999");
        assertThat(input.reads).isLessThanOrEqualTo(2);
        assertThat(table.match(new CountedInput("none"), match).route()).isEqualTo("r2001");
    }

    /// A request for `/a` with a tenant, which counts how often a field is asked for.
    private static final class CountedInput implements RouteInput {

        private final TextInput text;
        private int reads;

        CountedInput(String tenant) {
            text = TextInput.of("GET", "", "/a", null, List.of(Map.entry("X-Tenant", tenant)));
        }

        @Override
        public @Nullable String header(String lowerCaseName) {
            reads++;
            return text.header(lowerCaseName);
        }

        @Override
        public boolean isGrpc() {
            return text.isGrpc();
        }

        @Override
        public byte[] pathBytes() {
            return text.pathBytes();
        }

        @Override
        public int pathStart() {
            return text.pathStart();
        }

        @Override
        public int pathEnd() {
            return text.pathEnd();
        }

        @Override
        public byte[] hostBytes() {
            return text.hostBytes();
        }

        @Override
        public int hostStart() {
            return text.hostStart();
        }

        @Override
        public int hostEnd() {
            return text.hostEnd();
        }

        @Override
        public String method() {
            return text.method();
        }

        @Override
        public byte[] queryBytes() {
            return text.queryBytes();
        }

        @Override
        public int queryStart() {
            return text.queryStart();
        }

        @Override
        public int queryEnd() {
            return text.queryEnd();
        }
    }

    @Test
    void allocatesNothingOnThePlainPath() {
        RouteTable<String> table = Services.table(10_000);
        RequestHead[] heads = new RequestHead[64];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = head(i);
        }
        HeadInput input = new HeadInput(heads[0]);
        long sum = 0;
        for (int i = 0; i < 30_000; i++) {
            sum += lookUp(table, input.of(heads[i % heads.length]));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int lookUps = 10_000;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < lookUps; i++) {
            sum += lookUp(table, input.of(heads[i % heads.length]));
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(sum).isPositive();
        assertThat(allocated).as("bytes of %d look-ups", lookUps).isLessThan(lookUps);
    }

    /// Found, not found and not allowed, with parameters read.
    private long lookUp(RouteTable<String> table, HeadInput input) {
        table.match(input, match);
        long sum = match.outcome().ordinal();
        if (match.outcome() == Outcome.FOUND) {
            sum += match.route().length();
            int id = match.parameter("id");
            sum += id < 0 ? 0 : match.parameterEnd(id) - match.parameterStart(id);
        }
        return sum + 1;
    }

    private static RequestHead head(int i) {
        TextInput input = Services.request(i * 150);
        String method = i % 5 == 0 ? "DELETE" : i % 7 == 0 ? "PURGE" : "GET";
        String path = i % 11 == 0 ? "/nothing/here" : input.path();
        String text = method + " " + path + " HTTP/1.1\r\nHost: " + input.host()
                + ":8080\r\nAccept: */*\r\nx-canary: true\r\n\r\n";
        RequestHead head = new RequestHead();
        head.reset();
        assertThat(new RequestParser(8192, 16384, 100).read(head,
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)))).isTrue();
        return head;
    }
}

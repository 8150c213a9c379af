package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.RouteConfig;
import io.tidegate.engine.route.RouteMatch.Outcome;
import io.tidegate.engine.route.RouteTrace.Rival;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteTraceTest {

    private static RouteTrace explain(TextInput input, String... routes) {
        Map<String, RouteConfig> declared = new LinkedHashMap<>();
        for (String route : routes) {
            int colon = route.indexOf(' ');
            declared.put(route.substring(0, colon), Declared.route(route.substring(colon + 1)));
        }
        return Declared.table(declared).explain(input);
    }

    private static List<String> lines(RouteTrace trace) {
        return trace.rivals().stream().map(rival -> rival.route() + ": " + rival.reason()).toList();
    }

    @Test
    void tellsWhyACallOfGrpcFoundItsRoute() {
        RouteTrace trace = explain(
                TextInput.of("POST", "x", "/shop.Orders/Get", null,
                        List.of(Map.entry("content-type", "application/grpc"))),
                "get grpc:shop.Orders/Get", "orders grpc:shop.Orders/", "rest path:/**");
        assertThat(lines(trace)).containsExactly("get: matches any host, /shop.Orders/Get",
                "orders: less specific: /shop.Orders/{method} against /shop.Orders/Get",
                "rest: less specific: /** against /shop.Orders/Get");
    }

    @Test
    void tellsWhyWhatIsNoCallOfGrpcDidNot() {
        assertThat(lines(explain(TextInput.of("POST", "x", "/shop.Orders/Get", null,
                List.of(Map.entry("content-type", "application/json"))), "get grpc:shop.Orders/Get")))
                .containsExactly("get: it is no gRPC call: header content-type is 'application/json'");
        assertThat(lines(explain(TextInput.of("POST", "x", "/shop.Orders/Get", null, List.of()),
                "get grpc:shop.Orders/Get")))
                .containsExactly("get: it is no gRPC call: header content-type is missing");
    }

    @Test
    void tellsWhyEachNearerRivalLost() {
        RouteTrace trace = explain(
                TextInput.of("POST", "api.example.com", "/orders/1", "debug=2", List.of(Map.entry("x-a", "no"))),
                "get host:api.example.com path:/orders/1 GET",
                "canary host:api.example.com path:/orders/1 header:x-canary=true",
                "a host:api.example.com path:/orders/1 header:x-a=yes",
                "debug host:api.example.com path:/orders/1 query:debug~[01]",
                "order host:api.example.com path:/orders/{id} POST",
                "orders host:api.example.com path:/orders/**",
                "everywhere path:/orders/{id}",
                "wild host:*.example.com path:/orders/{id}",
                "www host:www.example.com path:/orders/{id}",
                "parts host:api.example.com path:/orders/{id}/parts",
                "far host:other.org path:/users");

        assertThat(trace.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(lines(trace)).containsExactly(
                "get: method POST is not one of GET",
                "a: header x-a is 'no', not 'yes'",
                "canary: header x-canary is missing",
                "debug: query parameter debug is '2', which does not match [01]",
                "order: matches api.example.com, /orders/{id}",
                "orders: less specific: /orders/** against /orders/{id}",
                "wild: less specific: host *.example.com against api.example.com",
                "everywhere: less specific: host any host against api.example.com",
                "parts: path /orders/1 is not /orders/{id}/parts",
                "www: host api.example.com is not www.example.com");
        assertThat(trace.rivals()).filteredOn(Rival::won).extracting(Rival::route).containsExactly("order");
    }

    @Test
    void tellsWhatBreaksATie() {
        RouteTrace trace = explain(
                TextInput.of("GET", "h", "/a", "q=1", List.of(Map.entry("x-a", "1"), Map.entry("x-b", "1"))),
                "best path:/a GET header:x-a header:x-b query:q precedence:2",
                "lower path:/a GET header:x-a header:x-b query:q",
                "query path:/a GET header:x-a header:x-b",
                "header path:/a GET header:x-a",
                "method path:/a",
                "name path:/a GET header:x-a header:x-b query:q precedence:2",
                "slash path:/a/ slash:same",
                "regex regex:/a",
                "any GET");

        assertThat(lines(trace)).containsExactly(
                "best: matches any host, /a",
                "name: equal rank: its name comes after best",
                "lower: lower precedence: 0 against 2",
                "query: less specific: 0 query parameters against 1",
                "header: less specific: 1 header fields against 2",
                "method: less specific: every method against GET",
                "slash: less specific: /a/ against /a",
                "regex: less specific: /a against /a",
                "any: less specific: any path against /a");
    }

    @Test
    void tellsOfARedirect() {
        RouteTrace trace = explain(TextInput.get("h", "/a/"), "a path:/a slash:redirect", "b path:/a slash:same",
                "c path:/{x}/");

        assertThat(trace.outcome()).isEqualTo(Outcome.REDIRECT_SLASH);
        assertThat(lines(trace)).containsExactly(
                "a: matches any host, /a, redirected to its form of the slash at the end",
                "b: equal rank: its name comes after a",
                "c: less specific: /{x}/ against /a");
    }

    @Test
    void tellsWhyThereIsNoRoute() {
        RouteTrace trace = explain(TextInput.get("", "/order/1"), "orders path:/orders/{id}",
                "order path:/order/{id}/x",
                "host host:a.com path:/order/**", "regex regex:/orders?/x",
                "no path:/order/{id} header:!x-a GET | POST");

        assertThat(trace.outcome()).isEqualTo(Outcome.FOUND);
        RouteTrace none = explain(TextInput.get("", "/order/1"), "orders path:/orders/{id}", "order path:/order/{id}/x",
                "host host:a.com path:/order/**", "regex regex:/orders?/x");
        assertThat(none.outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(lines(none)).containsExactly(
                "regex: path /order/1 is not /orders?/x",
                "order: path /order/1 is not /order/{id}/x",
                "orders: path /order/1 is not /orders/{id}",
                "host: host (none) is not a.com");
    }

    @Test
    void tellsOfARouteThatNamesOptions() {
        RouteTrace trace = explain(
                TextInput.of("OPTIONS", "h", "/a", null,
                        List.of(Map.entry("origin", "o"), Map.entry("access-control-request-method", "GET"))),
                "all path:/a", "get path:/a GET", "options path:/** OPTIONS");

        assertThat(lines(trace)).containsExactly(
                "get: method OPTIONS is not one of GET",
                "all: another route names method OPTIONS",
                "options: matches any host, /**");
    }

    @Test
    void tellsOfFiftyRivalsAtMostAndAlwaysOfTheWinner() {
        String[] routes = new String[300];
        for (int i = 0; i < 100; i++) {
            routes[i] = "a%03d path:/a header:x-%d".formatted(i, i);
            routes[100 + i] = "b%03d path:/a/b%d".formatted(i, i);
            routes[200 + i] = "c%03d host:c%d.com path:/a".formatted(i, i);
        }
        routes[99] = "winner path:/a";
        RouteTrace trace = explain(TextInput.get("h", "/a"), routes);

        assertThat(trace.rivals()).hasSize(RouteTrace.MAX_RIVALS);
        assertThat(trace.rivals()).filteredOn(Rival::won).extracting(Rival::route).containsExactly("winner");
    }

    @Test
    void sharesTheRoomBetweenThoseThatMissByPathAndThoseThatMissByHost() {
        String[] routes = new String[300];
        for (int i = 0; i < 100; i++) {
            routes[i] = "a%03d path:/b/%d".formatted(i, i);
            routes[100 + i] = "b%03d path:/a/b%d".formatted(i, i);
            routes[200 + i] = "c%03d host:c%d.com path:/a".formatted(i, i);
        }
        RouteTrace trace = explain(TextInput.get("h", "/a"), routes);

        assertThat(trace.rivals()).hasSize(RouteTrace.MAX_RIVALS);
        assertThat(trace.rivals()).extracting(Rival::route).filteredOn(name -> name.startsWith("b")).hasSize(25);
        assertThat(trace.rivals()).extracting(Rival::route).filteredOn(name -> name.startsWith("c")).hasSize(25);
    }

    @Test
    void namesTheRouteThatTheLookUpFinds() {
        Random random = new Random(9);
        RouteMatch<String> match = new RouteMatch<>();
        for (int i = 0; i < 3_000; i++) {
            Map<String, RouteConfig> routes = new LinkedHashMap<>();
            for (int r = 0; r < 12; r++) {
                routes.put("r" + r, Declared.route(RandomRoutes.route(random)));
            }
            RouteTable<String> table = Declared.table(routes);
            TextInput input = RandomRoutes.request(random);
            RouteTrace trace = table.explain(input);
            table.match(input, match);
            boolean found = match.outcome() == Outcome.FOUND || match.outcome() == Outcome.REDIRECT_SLASH;

            assertThat(trace.outcome()).isEqualTo(match.outcome());
            assertThat(trace.rivals()).filteredOn(Rival::won).extracting(rival -> rival.route() + rival.match())
                    .isEqualTo(found ? List.of(match.route() + match.matchIndex()) : List.of());
            assertThat(trace.rivals()).noneMatch(rival -> rival.reason().isEmpty());
        }
    }
}

package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.tidegate.engine.route.RouteMatch.Outcome;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.RequestParser;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadInputTest {

    private final RequestHead head = new RequestHead();
    private final HeadInput input = new HeadInput(head);
    private final RouteMatch<String> match = new RouteMatch<>();

    private HeadInput read(String text) {
        head.reset();
        boolean complete = new RequestParser(8192, 16384, 100).read(head,
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(complete).isTrue();
        return input;
    }

    private RouteMatch<String> match(String route, String request) {
        return Declared.table(Map.of("a", Declared.route(route))).match(read(request), match);
    }

    @Test
    void matchesTheCanonicalHostWithoutItsPort() {
        match("host:api.example.com path:/a", "GET /a HTTP/1.1\r\nHost: API.Example.com.:8443\r\n\r\n");

        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void matchesAnAddressAsHost() {
        match("host:[::1] path:/a", "GET /a HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");

        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void matchesTheCanonicalPath() {
        match("path:/a/{x}", "GET //x/../%61/b%2fc?d HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(match.parameterText("x")).isEqualTo("b%2Fc");
    }

    @Test
    void keepsTheParametersInTheBytesOfThePath() {
        match("path:/a/{x}/**", "GET /a/bcd/e HTTP/1.1\r\nHost: h\r\n\r\n");
        int x = match.parameter("x");

        assertThat(match.pathBytes()).isSameAs(head.pathBytes());
        assertThat(new String(match.pathBytes(), match.parameterStart(x),
                match.parameterEnd(x) - match.parameterStart(x), StandardCharsets.ISO_8859_1)).isEqualTo("bcd");
    }

    @Test
    void joinsTheFieldsOfOneName() {
        HeadInput read = read("GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-b: 2\r\nx-a:  3 \r\nX-a: 4\r\n\r\n");

        assertThat(read.header("x-a")).isEqualTo("1, 3, 4");
        assertThat(read.header("x-b")).isEqualTo("2");
        assertThat(read.header("x-c")).isNull();
    }

    @Test
    void readsTheQueryOfTheTarget() {
        match("path:/a query:q=1", "GET /a?p=0&q=1 HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);

        match("path:/a query:!q", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void aRequestWithoutHostMeetsOnlyRoutesWithoutHosts() {
        assertThat(match("host:h", "GET / HTTP/1.0\r\n\r\n").outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(match("path:/", "GET / HTTP/1.0\r\n\r\n").outcome()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void readsAnotherHeadWhenTold() {
        RequestHead other = new RequestHead();
        other.reset();
        new RequestParser(8192, 16384, 100).read(other,
                Unpooled.wrappedBuffer("PUT /z HTTP/1.1\r\nHost: o\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        read("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(input.method()).isEqualTo("GET");
        assertThat(input.of(other).method()).isEqualTo("PUT");
        assertThat(input.pathEnd() - input.pathStart()).isEqualTo(2);
    }
}

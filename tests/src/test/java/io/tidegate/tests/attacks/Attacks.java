package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Fault;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/// What all groups of the corpus have in common.
final class Attacks {

    static final String AFTER = "GET /after HTTP/1.1\r\nHost: a\r\n\r\n";
    static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    /// Most writes of one message: what is longer is sent in larger pieces.
    private static final int MOST_PIECES = 2000;

    private Attacks() {
    }

    /// In what pieces a message is sent.
    enum Pieces {
        WHOLE, HALVES, BYTES;

        int of(int length) {
            return switch (this) {
                case WHOLE -> Math.max(1, length);
                case HALVES -> Math.max(1, (length + 1) / 2);
                case BYTES -> 1 + length / MOST_PIECES;
            };
        }
    }

    /// A test for every case and every way to cut it in pieces.
    static Stream<DynamicNode> tests(String file, BiConsumer<AttackCase, Pieces> run) {
        return AttackCase.load(file).stream()
                .map(attack -> DynamicContainer.dynamicContainer(attack.toString(),
                        Stream.of(Pieces.values())
                                .map(pieces -> DynamicTest.dynamicTest(
                                        attack + " in " + pieces.name().toLowerCase(Locale.ROOT),
                                        () -> run.accept(attack, pieces)))));
    }

    /// Takes the next response that is not an interim one.
    static RawResponse receive(RawClient client, String method) {
        RawResponse response = client.receive(method);
        while (response.status() < 200) {
            response = client.receive(method);
        }
        return response;
    }

    /// Checks one response against what is expected of it.
    static void check(RawResponse response, AttackCase.Expectation expected) {
        assertThat(response.status()).as("status (answer: %s)", response).isIn(expected.statuses());
        if (!expected.refuses()) {
            assertThat(response.fault()).as("fault").isEmpty();
            return;
        }
        assertThat(response.fault()).as("fault").isIn(expected.faults());
        checkProblem(response);
    }

    /// Checks that a problem answer tells the fault's own words and nothing else: no version, no trace, no input.
    static void checkProblem(RawResponse response) {
        String code = response.fault();
        Fault fault = Fault.all().stream().filter(known -> known.code().equals(code)).findAny().orElseThrow();
        assertThat(response.framing()).isEqualTo(RawResponse.Framing.LENGTH);
        assertThat(response.complete()).isTrue();
        assertThat(response.field("content-type")).isEqualTo("application/problem+json");
        assertThat(response.body()).matches("\\{\"type\":\"urn:tidegate:" + code.replace(".", "\\.") + "\",\"title\":\""
                + fault.title() + "\",\"status\":" + fault.status() + ",\"requestId\":\"[0-9a-f]{32}\"}");
        assertThat(response.fields()).extracting(field -> field.name().toLowerCase(Locale.ROOT))
                .isSubsetOf("content-type", "content-length", "connection", "date", "retry-after", "allow",
                        "x-request-id", "cache-control", "sec-websocket-version", "upgrade");
    }

    /// Checks a head against the `has` and `lacks` lines of a case.
    static void checkFields(AttackCase attack, List<RawField> fields) {
        List<String> lines = fields.stream().map(Attacks::line).toList();
        for (String wanted : attack.all("has")) {
            int colon = wanted.indexOf(':');
            String name = wanted.substring(0, colon).toLowerCase(Locale.ROOT);
            assertThat(lines).as("forwarded fields")
                    .contains(name + ":" + AttackCase.unescape(wanted.substring(colon + 1)));
        }
        List<String> unwanted = new ArrayList<>(attack.all("lacks"));
        assertThat(fields).extracting(field -> field.name().toLowerCase(Locale.ROOT)).as("forwarded fields")
                .doesNotContainAnyElementsOf(unwanted.isEmpty() ? List.of("\0") : unwanted);
    }

    /// Checks that nothing the gateway sets is there twice, so that no reader can pick the other one.
    static void checkSingletons(RawRequest request) {
        for (String name : List.of("host", "content-length", "transfer-encoding", "x-forwarded-for",
                "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-request-id", "connection")) {
            assertThat(request.count(name)).as("number of " + name).isLessThanOrEqualTo(1);
        }
    }

    private static String line(RawField field) {
        return field.name().toLowerCase(Locale.ROOT) + ": " + field.value();
    }

    /// Checks that a connection ends in order, without another byte.
    static void checkClosed(RawClient client) {
        assertThat(client.ending()).as("end of the connection").isEqualTo(RawClient.Ending.CLOSED);
    }
}

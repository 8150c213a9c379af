package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcFieldsTest {

    private static RequestHead head(String fields) {
        RequestHead head = new RequestHead();
        head.reset();
        String text = "POST /a/b HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
        assertThat(new RequestParser(8192, 32_768, 100).read(head,
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)))).isTrue();
        return head;
    }

    private static long timeout(String value) {
        return GrpcFields.timeout(head("grpc-timeout: " + value + "\r\n"));
    }

    @ParameterizedTest
    @CsvSource({"1n, 1", "0n, 0", "00000001u, 1000", "5m, 5000000", "2S, 2000000000", "3M, 180000000000",
        "1H, 3600000000000", "99999999n, 99999999"})
    void readsTimeoutsOfEveryUnit(String value, long nanos) {
        assertThat(timeout(value)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "n", "-1n", "+1n", "1.5S", "1s", "1h", "1 S", "123456789n", "1Sx", "0x1S", "1,2S"})
    void refusesWhatIsNoTimeout(String value) {
        assertThat(timeout(value)).isEqualTo(GrpcFields.MALFORMED);
    }

    @Test
    void refusesTwoTimeouts() {
        assertThat(GrpcFields.timeout(head("grpc-timeout: 1S\r\ngrpc-timeout: 2S\r\n")))
                .isEqualTo(GrpcFields.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999H", "2000000H"})
    void takesCenturiesForNoTimeout(String value) {
        assertThat(timeout(value)).isEqualTo(GrpcFields.NO_TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource({"1, 1n", "99999999, 99999999n", "100000000, 100000u", "99999999999, 99999999u", "100000000000, 100000m",
        "3600000000000, 3600000m", "99999999999999999, 99999999S", "2305843009213693951, 38430716M"})
    void writesTimeoutsWithNoMoreThanEightDigits(long nanos, String text) {
        assertThat(GrpcFields.timeout(nanos)).isEqualTo(text);
        assertThat(timeout(text)).isLessThanOrEqualTo(nanos);
    }

    @Test
    void putsWhatIsLeftInPlaceOfWhatWasDeclared() {
        RequestHead head = head("grpc-timeout: 1S\r\nx-a: b\r\n");
        GrpcFields.replaceTimeout(head, 900_000_000);
        GrpcFields.replaceTimeout(head, 800_000_000);
        HeadWriter out = new HeadWriter();
        head.writeForwardedFields(out);
        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1))
                .contains("grpc-timeout: 800000u\r\n").doesNotContain("1S").doesNotContain("900000u");
    }

    @ParameterizedTest
    @CsvSource({"application/grpc, true, true", "application/grpc+proto, true, true",
        "Application/GRPC;a=b, true, true",
        "application/grpc-web, true, false", "application/grpc-web+proto, true, false",
        "application/grpcs, false, false",
        "application/json, false, false", "application/grp, false, false"})
    void tellsCallsByTheirMediaType(String type, boolean family, boolean plain) {
        RequestHead head = head("content-type: " + type + "\r\n");
        assertThat(GrpcFields.isOfFamily(head)).isEqualTo(family);
        assertThat(GrpcFields.isPlain(head)).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "14, 14", "99, 99", "x, 2", "-1, 2", "123456, 2"})
    void readsTheStatusOfAHead(String value, int status) {
        assertThat(GrpcFields.status(head("grpc-status: " + value + "\r\n"))).isEqualTo(status);
    }

    @Test
    void readsNoStatusWhereThereIsNone() {
        assertThat(GrpcFields.status(head("grpc-message: 14\r\n"))).isEqualTo(-1);
    }

    @Test
    void endsACallWithStatusAndMessage() {
        Trailers trailers = GrpcFields.end(GrpcStatus.INTERNAL, "100 % \u00fcber\n");
        assertThat(GrpcFields.status(trailers)).isEqualTo(13);
        assertThat(Objects.toString(trailers.fields().get("grpc-message"))).isEqualTo("100 %25 %C3%BCber%0A");
    }

    @Test
    void everyFaultHasAStatusAndNoneIsOk() {
        assertThat(Fault.all()).allSatisfy(fault -> assertThat(GrpcStatus.of(fault)).isNotEqualTo(GrpcStatus.OK));
    }

    @ParameterizedTest
    @CsvSource({"400, INVALID_ARGUMENT", "401, UNAUTHENTICATED", "403, PERMISSION_DENIED", "404, UNIMPLEMENTED",
        "405, UNIMPLEMENTED", "413, RESOURCE_EXHAUSTED", "429, UNAVAILABLE", "431, RESOURCE_EXHAUSTED",
        "499, CANCELLED",
        "500, INTERNAL", "502, UNAVAILABLE", "503, UNAVAILABLE", "504, DEADLINE_EXCEEDED", "422, UNKNOWN"})
    void faultsOfPoliciesGoByTheirStatus(int status, GrpcStatus expected) {
        assertThat(GrpcStatus.of(new Fault("own.fault", status, "Own", Fault.Party.CLIENT))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"-1, UNKNOWN", "0, OK", "16, UNAUTHENTICATED", "17, UNKNOWN"})
    void numbersBeyondTheKnownAreUnknown(int code, GrpcStatus expected) {
        assertThat(GrpcStatus.of(code)).isEqualTo(expected);
    }
}

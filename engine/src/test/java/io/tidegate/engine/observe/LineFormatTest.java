package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatTest {

    /// 2026-11-24T12:00:01.123Z.
    private static final long NOW = 1_795_521_601_123L;

    private final SampleRecord record = new SampleRecord();

    private static String line(LineFormat format, AccessRecord record) {
        byte[] to = new byte[3 + Line.MAX];
        int end = format.write(record, NOW, to, 3);
        String line = new String(to, 3, end - 3, StandardCharsets.UTF_8);
        assertThat(line).endsWith("\n");
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        return line.substring(0, line.length() - 1);
    }

    private Map<String, String> json() {
        String line = line(new JsonFormat(), record);
        assertThat(line).matches("[\\x20-\\x7e]*");
        return JsonLines.read(line);
    }

    private String text() {
        String line = line(new TextFormat(), record);
        assertThat(line.replace("→", "")).matches("[\\x20-\\x7e]*");
        return line;
    }

    @Test
    void writesOneJsonObjectWithAllThatIsKnown() {
        record.peer = LogLabel.of("10.1.1.1");
        record.connect = 400_000;
        assertThat(line(new JsonFormat(), record)).isEqualTo("""
                {"time":"2026-11-24T12:00:01.123Z","requestId":"0123456789abcdeffedcba9876543210",\
                "client":"192.0.2.7","peer":"10.1.1.1","listener":"public","method":"GET","host":"api.example.com",\
                "path":"/orders/1?page=2","protocol":"HTTP/1.1","status":200,"route":"orders",\
                "upstream":"orders-service","endpoint":"10.0.0.1:80","attempts":1,"duration":3.217,\
                "upstreamConnect":0.400,"upstreamFirstByte":2.001,"bytesIn":120,"bytesOut":4711,\
                "userAgent":"curl/8.5.0"}""");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        record.route = null;
        record.upstream = null;
        record.endpoint = null;
        record.userAgent = new byte[0];
        record.firstByte = -1;
        record.attempts = 0;
        record.status = 404;
        record.fault = "route.not_found";
        assertThat(json().keySet()).containsExactly("time", "requestId", "client", "listener", "method", "host", "path",
                "protocol", "status", "fault", "attempts", "duration", "bytesIn", "bytesOut");
        assertThat(json()).containsEntry("fault", "route.not_found").containsEntry("status", "404");
    }

    @Test
    void tellsHowACallOfGrpcEnded() {
        record.grpc = GrpcStatus.UNAVAILABLE;
        record.fault = "upstream.connect";
        assertThat(json()).containsEntry("status", "200").containsEntry("grpcStatus", "14");
        assertThat(text()).contains(" grpc=UNAVAILABLE fault=upstream.connect");
    }

    @Test
    void tellsWhyAMessageWasRejectedAndHowItBegan() {
        record.method = "";
        record.protocol = "";
        record.target = new byte[0];
        record.host = new byte[0];
        record.reject = "framing.cl_te";
        record.prefix = SampleRecord.bytes("POST / HTTP/1.1\r\nHost: a\0\u00ff\"\\");
        assertThat(json()).containsEntry("reject", "framing.cl_te").containsEntry("prefix",
                "POST / HTTP/1.1\r\nHost: a\0\u00ff\"\\");
        assertThat(line(new JsonFormat(), record))
                .contains("\"prefix\":\"POST / HTTP/1.1\\u000d\\u000aHost: a\\u0000\\u00ff\\u0022\\u005c\"");
        assertThat(text()).contains(" - - ")
                .contains("reject=framing.cl_te prefix=POST\\x20/\\x20HTTP/1.1\\x0d\\x0aHost:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\nFAKE", "/\r\n{\"status\":200}", "/\"},{\"a\":\"", "/\\", "/\\\"",
        "/\u001b[2J\u001b[31m",
        "/\0\1\2\u007f\u0080\u00ff", "/%0aFAKE", "/\u00c3\u00a9", "/\u0085",
        "/</script><script>", "\t", "12345678\"", "1234567\"8", "\"2345678", "1234567\u007f", "\u00802345678"})
    void letsNothingFromOutsideEndALineOrAField(String hostile) {
        record.target(hostile);
        record.host = SampleRecord.bytes(hostile);
        record.userAgent = SampleRecord.bytes(hostile);
        record.method = hostile;
        record.protocol = hostile;
        record.fault = hostile;
        record.reject = hostile;
        record.prefix = SampleRecord.bytes(hostile);
        assertThat(json()).containsEntry("path", hostile).containsEntry("host", hostile)
                .containsEntry("userAgent", hostile).containsEntry("method", hostile).containsEntry("prefix", hostile)
                .containsEntry("status", "200");
        assertThat(text().split(" ")).hasSize(12);
    }

    @Test
    void readsBackEveryByteThatCanBeSent() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(1, 60)];
            random.nextBytes(bytes);
            // Half of them mostly harmless, so that eight at a time are taken too.
            for (int j = 0; i % 2 == 0 && j < bytes.length; j++) {
                bytes[j] = random.nextInt(20) == 0 ? bytes[j] : (byte) (0x30 + (bytes[j] & 0x2F));
            }
            record.userAgent = bytes;
            assertThat(json().get("userAgent")).isEqualTo(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void escapesNamesThatComeFromAConfiguration() {
        record.route = LogLabel.of("a\"b\nc");
        record.client = LogLabel.of("fe80::1%eth0");
        assertThat(json()).containsEntry("route", "a\"b\nc").containsEntry("client", "fe80::1%eth0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cb?code=***&state=x|/cb?code=s3cr3t&state=x", "/a?token=***|/a?token=abc",
        "/a?x=1&API_KEY=***&y=2|/a?x=1&API_KEY=k&y=2", "/a?token=|/a?token=", "/a?token|/a?token",
        "/a?token=***&token=***|/a?token=a&token=b=c", "/a?password=***;x=1|/a?password=p;x=1",
        "/token=1?x=token|/token=1?x=token", "/a?q=key&?|/a?q=key&?", "/?&&=&key=***|/?&&=&key=1?2",
        "/a?%74oken=***|/a?%74oken=abc", "/a?|/a?", "/a?=x|/a?=x"})
    void masksSecretsInQueries(String expectedAndSent) {
        int bar = expectedAndSent.indexOf('|');
        record.target(expectedAndSent.substring(bar + 1));
        assertThat(json()).containsEntry("path", expectedAndSent.substring(0, bar));
        assertThat(text()).contains(" " + expectedAndSent.substring(0, bar) + " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /a?auth=***          | /a?auth=s3cr3t
            /a?AUTH=***&x=1      | /a?AUTH=s3cr3t&x=1
            /a?%61ut%48=***&b=2  | /a?%61ut%48=s3cr3t&b=2
            /a?x=1&auth=***&y=2  | /a?x=1&auth=a;b;auth=c&y=2
            /a?y;auth=***&z=3    | /a?y;auth=s3cr3t&z=3
            /a?user.key=***      | /a?user.key=k
            /a?auth=             | /a?auth=
            /a?auth              | /a?auth
            /a?author=x&oauth=y  | /a?author=x&oauth=y
            /a?%61ut%4=x         | /a?%61ut%4=x
            /a?q=auth=x          | /a?q=auth=x""")
    void masksWhatIsInParametersThatPoliciesFindCredentialsIn(String expected, String sent) {
        record.secrets = new SecretParameters(Set.of("Auth", "user.key"));
        record.target(sent);
        assertThat(json()).containsEntry("path", expected);
        assertThat(text()).contains(" " + expected + " ");
        record.prefix = SampleRecord.bytes("GET /?auth=abc HTTP/1.1\r\n");
        assertThat(json()).containsEntry("prefix", "GET /?auth=*** HTTP/1.1\r\n");
    }

    @Test
    void masksSecretsInTheBeginningOfARejectedMessage() {
        record.prefix = SampleRecord.bytes("GET /?token=abc HTTP/1.1\r\nHost: key=x\r\n");
        assertThat(json()).containsEntry("prefix", "GET /?token=*** HTTP/1.1\r\nHost: key=***\r\n");
    }

    @Test
    void cutsWhatIsLong() {
        record.target("/" + "a".repeat(2000));
        record.userAgent = SampleRecord.bytes("b".repeat(300));
        record.prefix = SampleRecord.bytes("c".repeat(65));
        assertThat(json()).containsEntry("path", "/" + "a".repeat(1023) + "...")
                .containsEntry("userAgent", "b".repeat(256) + "...").containsEntry("prefix", "c".repeat(64) + "...");
        record.target("/" + "a".repeat(1023));
        assertThat(json()).containsEntry("path", "/" + "a".repeat(1023));
    }

    @Test
    void masksASecretThatIsCut() {
        record.target("/?token=" + "s".repeat(2000));
        assertThat(json()).containsEntry("path", "/?token=***...");
    }

    @Test
    void staysWithinItsBoundWhateverComes() {
        byte[] worst = new byte[5000];
        Arrays.fill(worst, (byte) 0xFF);
        String text = "\u00ff".repeat(5000);
        record.target = worst;
        record.host = worst;
        record.userAgent = worst;
        record.prefix = worst;
        record.method = text;
        record.protocol = text;
        record.fault = text;
        record.reject = text;
        LogLabel label = LogLabel.of(text);
        record.client = label;
        record.peer = label;
        record.listener = label;
        record.route = label;
        record.upstream = label;
        record.endpoint = label;
        record.duration = Long.MAX_VALUE;
        record.connect = Long.MAX_VALUE;
        record.firstByte = Long.MAX_VALUE;
        record.bytesIn = Long.MIN_VALUE;
        record.bytesOut = Long.MAX_VALUE;
        record.attempts = Integer.MIN_VALUE;
        record.status = Integer.MIN_VALUE;
        assertThat(line(new JsonFormat(), record).length()).isLessThan(Line.MAX - 1024);
        assertThat(line(new TextFormat(), record).length()).isLessThan(Line.MAX - 1024);
        assertThat(json()).containsEntry("bytesOut", String.valueOf(Long.MAX_VALUE));
    }

    @Test
    void staysWithinItsBoundWhenEverythingIsMasked() {
        record.target("/?" + "key=a&".repeat(500));
        assertThat(json().getOrDefault("path", "").length()).isLessThan(1024 * Line.MAX_ESCAPE);
    }

    @Test
    void writesAShortLineForPeople() {
        assertThat(text()).isEqualTo("12:00:01.123 200 GET /orders/1?page=2 → orders-service 10.0.0.1:80 3.2ms "
                + "0123456789abcdeffedcba9876543210");
        record.upstream = null;
        record.endpoint = null;
        record.status = 404;
        record.fault = "route.not_found";
        assertThat(text()).isEqualTo(
                "12:00:01.123 404 GET /orders/1?page=2 3.2ms 0123456789abcdeffedcba9876543210 fault=route.not_found");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 12345, 999_999_999_999_999_999L, 1_000_000_000_000_000_000L,
        Long.MAX_VALUE, -1, -10})
    void writesNumbers(long number) {
        record.bytesOut = number;
        assertThat(json()).containsEntry("bytesOut", String.valueOf(number));
    }

    @Test
    void writesDurationsInMillisecondsToTheMicrosecond() {
        record.duration = 999;
        assertThat(json()).containsEntry("duration", "0.000");
        record.duration = 1_000_000_000;
        assertThat(json()).containsEntry("duration", "1000.000");
        record.duration = 12_345_678;
        assertThat(json()).containsEntry("duration", "12.345");
        record.duration = -1;
        assertThat(json()).containsEntry("duration", "0.000");
    }
}

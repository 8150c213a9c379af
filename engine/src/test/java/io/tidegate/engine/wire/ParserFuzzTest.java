package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Compares the parser of request heads with a second one that is obviously right, on heads made at random and cut in
/// pieces at random. A failure tells the seed of the head.
class ParserFuzzTest {

    private static final int HEADS = 200_000;
    private static final int PATHS = 200_000;
    private static final long SEED = 20_261_124;

    private record Limits(int target, int bytes, int fields) {
    }

    private static final List<Limits> LIMITS = List.of(new Limits(8192, 16384, 100), new Limits(64, 300, 4));

    @Test
    void agreesWithTheReferenceOnWhatIsAHeadAndWhatItSays() {
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < HEADS; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            String message = new HeadGenerator(random).head();
            Limits limits = LIMITS.get(random.nextInt(LIMITS.size()));
            RequestParser parser = new RequestParser(limits.target(), limits.bytes(), limits.fields());
            RequestHead whole = read(parser, message, Integer.MAX_VALUE, random);
            RequestHead pieces = read(parser, message, 1 + random.nextInt(20), random);
            String shown = "head " + (SEED + i) + ": " + show(message);

            assertThat(describe(pieces)).as("%s, in pieces", shown).isEqualTo(describe(whole));
            boolean complete = compare(shown, whole, new ReferenceParser(limits.target(), limits.bytes(),
                    limits.fields()), message);
            accepted += complete ? 1 : 0;
            refused += whole.fault() != null ? 1 : 0;
        }
        // The comparison means something only where both sides are well represented.
        assertThat(accepted).isGreaterThan(HEADS / 20);
        assertThat(refused).isGreaterThan(HEADS / 20);
    }

    private static boolean compare(String shown, RequestHead head, ReferenceParser reference, String message) {
        ReferenceParser.@Nullable Result expected;
        try {
            expected = reference.read(message);
        } catch (ReferenceParser.RefusedException e) {
            assertThat(head.isComplete()).as("%s, refused by the reference: %s", shown, e.getMessage()).isFalse();
            assertThat(head.fault()).as("%s, refused by the reference: %s", shown, e.getMessage()).isNotNull();
            return false;
        }
        if (expected == null) {
            assertThat(head.isComplete()).as("%s, has no end", shown).isFalse();
            return false;
        }
        assertThat(head.fault()).as(shown).isNull();
        assertThat(head.isComplete()).as(shown).isTrue();
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(Ascii.text(head.bytes(), head.nameStart(i), head.nameEnd(i)) + ": "
                    + Ascii.text(head.bytes(), head.valueStart(i), head.valueEnd(i)));
        }
        ReferenceParser.Result found = new ReferenceParser.Result(head.method(), head.minor(),
                head.asterisk() ? null : head.path(),
                head.queryStart() < 0 ? null : Ascii.text(head.queryBytes(), head.queryStart(), head.queryEnd()),
                Ascii.text(head.hostBytes(), head.hostStart(), Math.max(head.hostEnd(), head.authorityEnd())),
                head.contentLength(), head.keepAlive(), head.encodedSlash(), fields, head.end());
        assertThat(found).as(shown).isEqualTo(expected);
        return true;
    }

    private static RequestHead read(RequestParser parser, String message, int mostBytes, SplittableRandom random) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new RequestHead();
        head.reset();
        int from = 0;
        while (from < bytes.length && !head.isComplete() && head.fault() == null) {
            int count = Math.min(bytes.length - from,
                    mostBytes == Integer.MAX_VALUE ? bytes.length : 1 + random.nextInt(mostBytes));
            ByteBuf in = Unpooled.wrappedBuffer(bytes, from, count);
            boolean complete = parser.read(head, in);
            if (complete) {
                assertThat(head.end() + in.readableBytes()).isEqualTo(from + count);
            }
            from += count;
        }
        return head;
    }

    private static String describe(RequestHead head) {
        return head.isComplete() + " " + (head.fault() != null) + " "
                + (head.isComplete()
                        ? head.end() + " " + head.path() + " " + head.fieldCount() + " " + head.contentLength()
                        : "");
    }

    private static String show(String message) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            out.append(
                    c == '\r' ? "\\r" : c == '\n' ? "\\n" : c < 0x20 || c > 0x7E ? "\\x" + Integer.toHexString(c) : c);
        }
        return out.toString();
    }

    @Test
    void canonicalPathsAreCanonicalAlready() {
        int accepted = 0;
        for (int i = 0; i < PATHS; i++) {
            String path = new HeadGenerator(new SplittableRandom(SEED + i)).path();
            String once = canonical(path);
            String expected;
            try {
                expected = ReferenceParser.canonical(path);
            } catch (ReferenceParser.RefusedException e) {
                assertThat(once).as("path %s, refused by the reference: %s", path, e.getMessage()).isNull();
                continue;
            }
            assertThat(once).as("path %s", path).isEqualTo(expected);
            assertThat(canonical(expected)).as("path %s a second time", path).isEqualTo(expected);
            accepted++;
        }
        assertThat(accepted).isGreaterThan(PATHS / 20);
    }

    private static @Nullable String canonical(String path) {
        RequestHead head = new RequestHead();
        head.reset();
        return PathCanonicaliser.replace(head, path) == null ? head.path() : null;
    }
}

package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Compares the parsers of heads, and the canonicaliser of paths, with second ones that are obviously right, each time
/// on one message that is made from a seed. A failure tells seed and message.
final class HeadComparison {

    /// What a message is.
    enum Verdict {
        ACCEPTED, REFUSED, UNFINISHED
    }

    private record Limits(int target, int bytes, int fields) {
    }

    private static final List<Limits> LIMITS = List.of(new Limits(8192, 16384, 100), new Limits(64, 300, 4));

    private HeadComparison() {
    }

    /// Reads a request head whole and in pieces.
    static Verdict request(long seed) throws ReferenceParser.RefusedException {
        SplittableRandom random = new SplittableRandom(seed);
        String message = new HeadGenerator(random).head();
        Limits limits = LIMITS.get(random.nextInt(LIMITS.size()));
        RequestParser parser = new RequestParser(limits.target(), limits.bytes(), limits.fields());
        RequestHead whole = new RequestHead();
        feed(whole, message, null, in -> parser.read(whole, in) ? whole.end() : 0);
        RequestHead pieces = new RequestHead();
        feed(pieces, message, random, in -> parser.read(pieces, in) ? pieces.end() : 0);
        String shown = "request head of seed " + seed + ": " + show(message);

        assertThat(describe(pieces)).as("%s, in pieces", shown).isEqualTo(describe(whole));
        ReferenceParser.@Nullable Result expected;
        try {
            expected = new ReferenceParser(limits.target(), limits.bytes(), limits.fields()).read(message);
        } catch (ReferenceParser.RefusedException e) {
            return refused(shown, whole, e);
        }
        if (expected == null) {
            return unfinished(shown, whole);
        }
        assertThat(whole.fault()).as(shown).isNull();
        assertThat(whole.isComplete()).as(shown).isTrue();
        assertThat(result(whole)).as(shown).isEqualTo(expected);
        return Verdict.ACCEPTED;
    }

    private static ReferenceParser.Result result(RequestHead head) {
        return new ReferenceParser.Result(head.method(), head.minor(), head.asterisk() ? null : head.path(),
                head.queryStart() < 0 ? null : Ascii.text(head.queryBytes(), head.queryStart(), head.queryEnd()),
                Ascii.text(head.hostBytes(), head.hostStart(), Math.max(head.hostEnd(), head.authorityEnd())),
                head.contentLength(), head.keepAlive(), head.encodedSlash(), head.pathParameter(), fields(head),
                head.end());
    }

    /// Reads a response head whole and in pieces.
    static Verdict response(long seed) throws ReferenceParser.RefusedException {
        SplittableRandom random = new SplittableRandom(seed);
        String message = new ResponseGenerator(random).head();
        Limits limits = LIMITS.get(random.nextInt(LIMITS.size()));
        ResponseParser parser = new ResponseParser(limits.bytes(), limits.fields());
        ResponseHead whole = new ResponseHead();
        feed(whole, message, null, in -> parser.read(whole, in) ? whole.end() : 0);
        ResponseHead pieces = new ResponseHead();
        feed(pieces, message, random, in -> parser.read(pieces, in) ? pieces.end() : 0);
        String shown = "response head of seed " + seed + ": " + show(message);

        assertThat(describe(pieces)).as("%s, in pieces", shown).isEqualTo(describe(whole));
        ReferenceResponses.@Nullable Result expected;
        try {
            expected = new ReferenceResponses(limits.bytes(), limits.fields()).read(message);
        } catch (ReferenceParser.RefusedException e) {
            return refused(shown, whole, e);
        }
        if (expected == null) {
            return unfinished(shown, whole);
        }
        assertThat(whole.fault()).as(shown).isNull();
        assertThat(whole.isComplete()).as(shown).isTrue();
        assertThat(new ReferenceResponses.Result(whole.status(), whole.minor, whole.contentLength(),
                whole.keepAlive(), fields(whole), whole.end())).as(shown).isEqualTo(expected);
        return Verdict.ACCEPTED;
    }

    private static Verdict refused(String shown, MessageHead head, ReferenceParser.RefusedException why) {
        assertThat(head.isComplete()).as("%s, refused by the reference: %s", shown, why.getMessage()).isFalse();
        assertThat(head.fault()).as("%s, refused by the reference: %s", shown, why.getMessage()).isNotNull();
        return Verdict.REFUSED;
    }

    private static Verdict unfinished(String shown, MessageHead head) {
        assertThat(head.isComplete()).as("%s, has no end", shown).isFalse();
        return head.fault() == null ? Verdict.UNFINISHED : Verdict.REFUSED;
    }

    private static List<String> fields(MessageHead head) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(Ascii.text(head.bytes(), head.nameStart(i), head.nameEnd(i)) + ": "
                    + Ascii.text(head.bytes(), head.valueStart(i), head.valueEnd(i)));
        }
        return fields;
    }

    /// Gives a message to a parser, at once or in pieces, until it is complete or refused.
    private static void feed(MessageHead head, String message, @Nullable SplittableRandom pieces,
            ToIntFunction<ByteBuf> parser) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        int mostBytes = pieces == null ? bytes.length : 1 + pieces.nextInt(20);
        head.reset();
        int from = 0;
        while (from < bytes.length && !head.isComplete() && head.fault() == null) {
            int count = Math.min(bytes.length - from, pieces == null ? bytes.length : 1 + pieces.nextInt(mostBytes));
            ByteBuf in = Unpooled.wrappedBuffer(bytes, from, count);
            int end = parser.applyAsInt(in);
            if (end > 0) {
                assertThat(end + in.readableBytes()).isEqualTo(from + count);
            }
            from += count;
        }
    }

    private static String describe(MessageHead head) {
        return head.isComplete() + " " + (head.fault() != null) + " "
                + (head.isComplete() ? head.end() + " " + fields(head) : "");
    }

    /// Brings a path to its canonical form, once and once more.
    static Verdict path(long seed) {
        String path = new HeadGenerator(new SplittableRandom(seed)).path();
        String once = canonical(path);
        String expected;
        try {
            expected = ReferenceParser.canonical(path);
        } catch (ReferenceParser.RefusedException e) {
            assertThat(once).as("path %s of seed %s, refused by the reference: %s", path, seed, e.getMessage())
                    .isNull();
            return Verdict.REFUSED;
        }
        assertThat(once).as("path %s of seed %s", path, seed).isEqualTo(expected);
        assertThat(canonical(expected)).as("path %s of seed %s, a second time", path, seed).isEqualTo(expected);
        return Verdict.ACCEPTED;
    }

    private static @Nullable String canonical(String path) {
        RequestHead head = new RequestHead();
        head.reset();
        return PathCanonicaliser.replace(head, path) == null ? head.path() : null;
    }

    /// A message as it can be read in a report.
    static String show(String message) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            out.append(
                    c == '\r' ? "\\r" : c == '\n' ? "\\n" : c < 0x20 || c > 0x7E ? "\\x" + Integer.toHexString(c) : c);
        }
        return out.toString();
    }
}

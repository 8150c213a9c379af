package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.HeadComparison.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Compares the decoder of chunked bodies with a second one that is obviously right, on bodies that are made from a
/// seed and cut in pieces, with and without the framing kept. A failure tells seed and body.
final class ChunkComparison {

    private static final int CUT_EVERYWHERE = 60;

    private ChunkComparison() {
    }

    /// What came out of a body.
    private static final class Output implements BodySink {

        private final StringBuilder bytes = new StringBuilder();
        private int data;
        private int ends;

        @Override
        public void range(ByteBuf in, int start, int length, int dataBytes) {
            assertThat(ends).as("ends before the last byte").isZero();
            bytes.append(in.toString(start, length, StandardCharsets.ISO_8859_1));
            data += dataBytes;
        }

        @Override
        public void literal(byte[] literal, int start, int length) {
            assertThat(ends).as("ends before the last byte").isZero();
            bytes.append(new String(literal, start, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void end() {
            ends++;
        }
    }

    private record Decoded(Output output, @Nullable Fault fault, boolean active, int consumed) {
    }

    static Verdict body(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String body = new ChunkGenerator(random).body();
        String shown = "chunked body of seed " + seed + ": " + HeadComparison.show(body);
        ReferenceChunks.@Nullable Result expected = null;
        boolean refused = false;
        try {
            expected = ReferenceChunks.read(body);
        } catch (ReferenceParser.RefusedException e) {
            shown += ", refused by the reference: " + e.getMessage();
            refused = true;
        }
        for (boolean framing : new boolean[]{false, true}) {
            check(shown + ", whole, framing " + framing, body, framing, from -> body.length(), expected, refused);
            int most = 1 + random.nextInt(12);
            check(shown + ", in pieces, framing " + framing, body, framing, from -> from + 1 + random.nextInt(most),
                    expected, refused);
            if (body.length() <= CUT_EVERYWHERE) {
                for (int cut = 1; cut < body.length(); cut++) {
                    int at = cut;
                    check(shown + ", cut at " + cut + ", framing " + framing, body, framing,
                            from -> from < at ? at : body.length(), expected, refused);
                }
            }
        }
        return refused ? Verdict.REFUSED : expected == null ? Verdict.UNFINISHED : Verdict.ACCEPTED;
    }

    private static void check(String shown, String body, boolean framing, IntUnaryOperator nextCut,
            ReferenceChunks.@Nullable Result expected, boolean refused) {
        Decoded decoded = decode(body, framing, nextCut);
        if (refused) {
            assertThat(decoded.fault()).as(shown).isNotNull();
        }
        if (expected == null) {
            assertThat(decoded.output().ends).as("%s: ends", shown).isZero();
            if (framing) {
                assertThat(completes(decoded.output().bytes.toString()))
                        .as("%s: whether what was handed on is a whole body: %s", shown,
                                HeadComparison.show(decoded.output().bytes.toString()))
                        .isFalse();
            }
            return;
        }
        assertThat(decoded.fault()).as(shown).isNull();
        assertThat(decoded.active()).as("%s: active", shown).isFalse();
        assertThat(decoded.output().ends).as("%s: ends", shown).isEqualTo(1);
        assertThat(decoded.consumed()).as("%s: bytes taken", shown).isEqualTo(expected.length());
        assertThat(decoded.output().data).as("%s: bytes of data", shown).isEqualTo(expected.data().length());
        assertThat(decoded.output().bytes.toString()).as("%s: what was handed on", shown)
                .isEqualTo(framing ? expected.canonical() : expected.data());
    }

    /// Whether a service would take it for a complete body; it must at least be the beginning of one.
    private static boolean completes(String handedOn) {
        try {
            return ReferenceChunks.read(handedOn) != null;
        } catch (ReferenceParser.RefusedException e) {
            throw new AssertionError("what was handed on is no body: " + HeadComparison.show(handedOn), e);
        }
    }

    private static Decoded decode(String body, boolean framing, IntUnaryOperator nextCut) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        BodyDecoder decoder = new BodyDecoder();
        decoder.chunked(framing, true);
        Output output = new Output();
        int from = 0;
        while (from < bytes.length && decoder.isActive() && decoder.fault() == null) {
            int to = Math.min(bytes.length, nextCut.applyAsInt(from));
            ByteBuf in = Unpooled.wrappedBuffer(bytes, from, to - from);
            decoder.decode(in, output);
            from = to - in.readableBytes();
        }
        return new Decoded(output, decoder.fault(), decoder.isActive(), from);
    }
}

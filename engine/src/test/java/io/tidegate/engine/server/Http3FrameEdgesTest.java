package io.tidegate.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/// Where frames of HTTP/3 begin and end.
class Http3FrameEdgesTest {

    private final Http3FrameEdges edges = new Http3FrameEdges();

    private int look(int... bytes) {
        byte[] in = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            in[i] = (byte) bytes[i];
        }
        return edges.look(Unpooled.wrappedBuffer(in));
    }

    @Test
    void aFrameIsCompleteWithItsLastByte() {
        assertThat(look(1, 3, 'a', 'b')).isZero();
        assertThat(edges.isBetweenFrames()).isFalse();
        assertThat(look('c')).isZero();
        assertThat(edges.isBetweenFrames()).isTrue();
    }

    @Test
    void numbersMayComeByteByByte() {
        assertThat(look(0)).isZero();
        assertThat(edges.isBetweenFrames()).isFalse();
        assertThat(look(0x40)).isZero();
        assertThat(look(2)).isZero();
        assertThat(look('a', 'b')).isZero();
        assertThat(edges.isBetweenFrames()).isTrue();
    }

    @Test
    void unknownFramesAndEmptyDataAreOfNoUse() {
        assertThat(look(0, 0, 0x21, 1, 'x', 0x7f, 0xff, 0, 1, 0)).isEqualTo(3);
        assertThat(edges.isBetweenFrames()).isTrue();
    }
}

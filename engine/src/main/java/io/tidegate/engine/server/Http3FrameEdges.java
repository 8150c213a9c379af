package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;

/// Where the frames of an HTTP/3 stream begin and end (RFC 9114 §7.1). Netty's codec passes over frames that it does
/// not know, and says nothing of one that is cut off by the end of its stream; so they are looked for here too.
final class Http3FrameEdges {

    private static final int DATA = 0;
    private static final int HEADERS = 1;

    private long type = -1;
    private long left;
    private long number;
    private int numberLeft;

    /// Looks at the next bytes of the stream, and leaves them as they are.
    ///
    /// @return number of frames among them that nobody needs: unknown ones, and empty DATA
    int look(ByteBuf in) {
        int useless = 0;
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end) {
            if (left > 0) {
                int skipped = (int) Math.min(left, end - at);
                left -= skipped;
                at += skipped;
            } else if (takeByte(in.getUnsignedByte(at++))) {
                if (type < 0) {
                    type = number;
                } else {
                    left = number;
                    boolean needed = type == HEADERS || (type == DATA && left > 0);
                    useless += needed ? 0 : 1;
                    type = -1;
                }
            }
        }
        return useless;
    }

    /// Takes a byte of a number of variable length (RFC 9000 §16).
    ///
    /// @return whether the number is complete
    private boolean takeByte(int b) {
        if (numberLeft == 0) {
            numberLeft = (1 << (b >> 6)) - 1;
            number = b & 0x3F;
        } else {
            number = number << 8 | b;
            numberLeft--;
        }
        return numberLeft == 0;
    }

    /// Whether the last frame is complete.
    boolean isBetweenFrames() {
        return left == 0 && type < 0 && numberLeft == 0;
    }
}

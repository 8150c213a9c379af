package io.tidegate.engine.upstream;

import org.jspecify.annotations.Nullable;

/// What a connection brings at once: a response that lies in two buffers, since the first was nearly full, is sent on
/// in one write all the same. Of long bodies [#MOST] bytes wait for what comes behind them, no more.
final class ReadBatch {

    /// Bytes from which on a part of a body is sent on without waiting for the end of the read.
    static final int MOST = 32_768;

    private @Nullable UpstreamEvents waiting;
    private int bytes;

    /// Nothing waits: another request is served.
    void reset() {
        waiting = null;
        bytes = 0;
    }

    /// A part was handed on.
    ///
    /// @param length
    ///            its bytes
    /// @param served
    ///            who is served now and from whom more may come: another one, or none, where that was the last of the
    ///            response or nothing more is taken
    @SuppressWarnings("ReferenceEquality") // the same exchange, not an equal one
    void read(UpstreamEvents receiver, int length, @Nullable UpstreamEvents served) {
        bytes += length;
        if (receiver == served && bytes < MOST) {
            waiting = receiver;
        } else {
            reset();
            receiver.onUpstreamReadComplete();
        }
    }

    /// Nothing more comes at once, or nothing more is taken.
    ///
    /// @param served
    ///            who is served now: what waits for others is gone with them
    @SuppressWarnings("ReferenceEquality") // the same exchange, not an equal one
    void complete(@Nullable UpstreamEvents served) {
        UpstreamEvents receiver = waiting;
        reset();
        if (receiver != null && receiver == served) {
            receiver.onUpstreamReadComplete();
        }
    }
}

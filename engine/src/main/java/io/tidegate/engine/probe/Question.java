package io.tidegate.engine.probe;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import org.jspecify.annotations.Nullable;

/// What a check asks a service by HTTP, and what it makes of the answer. For one check.
interface Question {

    /// Writes the whole head of the request.
    void write(HeadWriter out);

    /// The body that goes with it; empty for none.
    byte[] body();

    /// Looks at the head of the answer.
    ///
    /// @return whether the rest of the answer says anything more
    boolean head(ResponseHead head);

    /// Looks at a part of the answer's body.
    void data(ByteBuf in, int start, int length);

    /// Looks at what comes behind the body.
    void trailers(Trailers trailers);

    /// What the answer means: null for good, else why it is not.
    @Nullable
    String verdict();
}

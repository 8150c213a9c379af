package io.tidegate.engine.observe;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where the access log goes. Used by one thread, which may be held up in it.
interface LogDestination {

    /// As users wrote it.
    String name();

    /// Writes some of `lines`.
    ///
    /// @return how many bytes, 0 where none can be taken just now
    /// @throws IOException
    ///             where it can't be written; it may be tried again
    int write(ByteBuffer lines) throws IOException;

    /// Begins anew where the name may lead elsewhere by now. On failure what was there before is kept.
    void reopen() throws IOException;

    /// Lets a thread that is held up in [#write] go, where that is possible.
    void interrupt(Thread writer);

    /// Lets it go.
    void close() throws IOException;
}

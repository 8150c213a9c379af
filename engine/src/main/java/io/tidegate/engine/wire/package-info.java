/// HTTP/1.1 messages on bytes: heads indexed where they were received, bodies cut into ranges, both sides held to the
/// same grammar. No sockets here, and nothing that knows of routes.
///
/// What is forwarded is what re-serialising the parsed form would give; a received range is reused only where it is,
/// byte for byte, exactly that.
@NullMarked
package io.tidegate.engine.wire;

import org.jspecify.annotations.NullMarked;

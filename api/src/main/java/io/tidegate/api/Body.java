package io.tidegate.api;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/// A whole body, held in memory. Valid during the call that shows it.
public interface Body {

    /// Length in bytes.
    int length();

    /// A read-only view of the bytes.
    ByteBuffer bytes();

    /// A copy of the bytes.
    default byte[] toByteArray() {
        byte[] copy = new byte[length()];
        bytes().get(copy);
        return copy;
    }

    /// The bytes as a text.
    default String text(Charset charset) {
        return new String(toByteArray(), charset);
    }
}

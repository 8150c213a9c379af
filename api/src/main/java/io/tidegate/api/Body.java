package io.tidegate.api;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;

/// A whole body, held in memory. Valid during the call that shows it.
public interface Body {

    /// Length in bytes.
    int length();

    /// A read-only view of the bytes.
    ByteBuffer bytes();

    /// The fields that came behind it (RFC 9110 §6.5); empty where none did. [Request#replaceBody] and
    /// [Response#replaceBody] drop them.
    default List<Field> trailers() {
        return List.of();
    }

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

package io.tidegate.engine.wire;

import org.jspecify.annotations.Nullable;

/// Takes the fields of a head one after the other, as HPACK decodes them.
public interface DecodedFields {

    /// Takes the next field, a pseudo-header field too.
    void add(CharSequence name, CharSequence value);

    /// Number of fields so far.
    int count();

    /// The status of a response; null before it has come, and in requests.
    default @Nullable CharSequence status() {
        return null;
    }
}

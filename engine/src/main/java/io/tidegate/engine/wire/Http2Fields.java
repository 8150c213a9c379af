package io.tidegate.engine.wire;

import io.netty.handler.codec.EmptyHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Lets HPACK decode right into [DecodedFields]. Of all that headers can do, Netty's codec only ever adds to these, and
/// looks at the status.
public final class Http2Fields extends EmptyHeaders<CharSequence, CharSequence, Http2Headers> implements Http2Headers {

    private final DecodedFields lines;

    /// Fields that are written to `lines`.
    public Http2Fields(DecodedFields lines) {
        this.lines = lines;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        lines.add(name, value);
        return this;
    }

    @Override
    public int size() {
        return lines.count();
    }

    @Override
    public boolean isEmpty() {
        return lines.count() == 0;
    }

    @Override
    public Iterator<CharSequence> valueIterator(CharSequence name) {
        throw new UnsupportedOperationException("fields are read from their lines");
    }

    @Override
    public boolean contains(CharSequence name, CharSequence value, boolean caseInsensitive) {
        throw new UnsupportedOperationException("fields are read from their lines");
    }

    @Override
    public Http2Headers method(CharSequence value) {
        return add(PseudoHeaderName.METHOD.value(), value);
    }

    @Override
    public Http2Headers scheme(CharSequence value) {
        return add(PseudoHeaderName.SCHEME.value(), value);
    }

    @Override
    public Http2Headers authority(CharSequence value) {
        return add(PseudoHeaderName.AUTHORITY.value(), value);
    }

    @Override
    public Http2Headers path(CharSequence value) {
        return add(PseudoHeaderName.PATH.value(), value);
    }

    @Override
    public Http2Headers status(CharSequence value) {
        return add(PseudoHeaderName.STATUS.value(), value);
    }

    @Override
    public @Nullable CharSequence method() {
        return null;
    }

    @Override
    public @Nullable CharSequence scheme() {
        return null;
    }

    @Override
    public @Nullable CharSequence authority() {
        return null;
    }

    @Override
    public @Nullable CharSequence path() {
        return null;
    }

    @Override
    public @Nullable CharSequence status() {
        return lines.status();
    }
}

package io.tidegate.engine.wire;

import io.netty.handler.codec.EmptyHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The fields of one head that goes out by HTTP/2, in their order, as HPACK encodes them right away; reused from head
/// to head. Of all that headers can do, Netty's codec only ever goes through these, and looks at the status.
public final class HeadFields extends EmptyHeaders<CharSequence, CharSequence, Http2Headers> implements Http2Headers {

    private AsciiString[] texts = new AsciiString[32];
    private int length;
    private final Walk walk = new Walk();

    /// No fields.
    public HeadFields() {
        // Whoever has a head adds them.
    }

    /// Begins another head.
    void restart() {
        length = 0;
    }

    /// Adds a field; pseudo-header fields come first.
    void put(AsciiString name, AsciiString value) {
        if (length == texts.length) {
            texts = Arrays.copyOf(texts, 2 * length);
        }
        texts[length++] = name;
        texts[length++] = value;
    }

    @Override
    public int size() {
        return length / 2;
    }

    @Override
    public boolean isEmpty() {
        return length == 0;
    }

    /// The fields in turn. One walk at a time: an entry is good until the next is asked for.
    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        walk.at = -2;
        return walk;
    }

    private final class Walk
            implements
                Iterator<Map.Entry<CharSequence, CharSequence>>,
                Map.Entry<CharSequence, CharSequence> {

        private int at;

        @Override
        public boolean hasNext() {
            return at + 2 < length;
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at += 2;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return texts[at];
        }

        @Override
        public CharSequence getValue() {
            return texts[at + 1];
        }

        @Override
        public CharSequence setValue(CharSequence value) {
            throw new UnsupportedOperationException("fields are only read");
        }
    }

    private @Nullable CharSequence find(PseudoHeaderName wanted) {
        for (int i = 0; i < length && texts[i].byteAt(0) == ':'; i += 2) {
            if (texts[i].contentEquals(wanted.value())) {
                return texts[i + 1];
            }
        }
        return null;
    }

    @Override
    public Iterator<CharSequence> valueIterator(CharSequence name) {
        throw new UnsupportedOperationException("fields are gone through as a whole");
    }

    @Override
    public boolean contains(CharSequence name, CharSequence value, boolean caseInsensitive) {
        throw new UnsupportedOperationException("fields are gone through as a whole");
    }

    private Http2Headers put(PseudoHeaderName name, CharSequence value) {
        put(name.value(), AsciiString.of(value));
        return this;
    }

    @Override
    public Http2Headers method(CharSequence value) {
        return put(PseudoHeaderName.METHOD, value);
    }

    @Override
    public Http2Headers scheme(CharSequence value) {
        return put(PseudoHeaderName.SCHEME, value);
    }

    @Override
    public Http2Headers authority(CharSequence value) {
        return put(PseudoHeaderName.AUTHORITY, value);
    }

    @Override
    public Http2Headers path(CharSequence value) {
        return put(PseudoHeaderName.PATH, value);
    }

    @Override
    public Http2Headers status(CharSequence value) {
        return put(PseudoHeaderName.STATUS, value);
    }

    @Override
    public @Nullable CharSequence method() {
        return find(PseudoHeaderName.METHOD);
    }

    @Override
    public @Nullable CharSequence scheme() {
        return find(PseudoHeaderName.SCHEME);
    }

    @Override
    public @Nullable CharSequence authority() {
        return find(PseudoHeaderName.AUTHORITY);
    }

    @Override
    public @Nullable CharSequence path() {
        return find(PseudoHeaderName.PATH);
    }

    @Override
    public @Nullable CharSequence status() {
        return find(PseudoHeaderName.STATUS);
    }
}

package io.tidegate.engine.wire;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The header fields of a [MessageHead] as policies see them: a view that holds nothing of its own. Every method throws
/// [IllegalStateException] once it shows none any more.
public final class HeaderView implements Headers {

    private @Nullable MessageHead head;

    /// A view that shows nothing yet.
    public HeaderView() {
    }

    /// Shows this head from now on; null shows none.
    public void show(@Nullable MessageHead other) {
        head = other;
    }

    private MessageHead head() {
        MessageHead shown = head;
        if (shown == null) {
            throw new IllegalStateException(
                    "the exchange is over: its header fields can't be read or changed any more");
        }
        return shown;
    }

    @Override
    public @Nullable String get(String name) {
        MessageHead head = head();
        String first = null;
        StringBuilder joined = null;
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                String value = value(head, i);
                if (first == null) {
                    first = value;
                } else {
                    joined = (joined == null ? new StringBuilder(first) : joined).append(", ").append(value);
                }
            }
        }
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(name)) {
                if (first == null) {
                    first = field.value();
                } else {
                    joined = (joined == null ? new StringBuilder(first) : joined).append(", ").append(field.value());
                }
            }
        }
        return joined == null ? first : joined.toString();
    }

    @Override
    public List<String> all(String name) {
        MessageHead head = head();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                values.add(value(head, i));
            }
        }
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(name)) {
                values.add(field.value());
            }
        }
        return values;
    }

    @Override
    public boolean contains(String name) {
        MessageHead head = head();
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                return true;
            }
        }
        return head.hasAdded(name);
    }

    @Override
    public void set(String name, String value) {
        check(name, value);
        take(name);
        head().addAddedField(name, value);
    }

    @Override
    public void add(String name, String value) {
        check(name, value);
        head().addAddedField(name, value);
    }

    @Override
    public void remove(String name) {
        check(name, "");
        take(name);
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        MessageHead head = head();
        for (int i = 0; i < head.count; i++) {
            if (head.isVisible(i)) {
                visitor.accept(Ascii.text(head.bytes, head.nameStart(i), head.nameEnd(i)), value(head, i));
            }
        }
        for (MessageHead.AddedField field : List.copyOf(head.added())) {
            visitor.accept(field.name(), field.value());
        }
    }

    private static boolean is(MessageHead head, int field, String name) {
        return head.isVisible(field)
                && Ascii.equalsIgnoreCase(head.bytes, head.nameStart(field), head.nameEnd(field), name);
    }

    private static String value(MessageHead head, int field) {
        return Ascii.text(head.bytes, head.valueStart(field), head.valueEnd(field));
    }

    private void take(String name) {
        MessageHead head = head();
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                head.removeField(i);
            }
        }
        head.removeAdded(name);
    }

    private static void check(String name, String value) {
        if (!FieldSyntax.isName(name) || !FieldSyntax.isValue(value)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
        KnownHeader header = KnownHeader.find(name);
        if (header != null && header.ownedByGateway()) {
            throw new FaultException(Fault.POLICY_FAILED);
        }
    }
}

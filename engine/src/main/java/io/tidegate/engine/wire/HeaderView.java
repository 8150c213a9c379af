package io.tidegate.engine.wire;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The header fields of a [MessageHead] as policies see them: a view that holds nothing of its own.
public final class HeaderView implements Headers {

    private MessageHead head;

    /// A view of `head`.
    public HeaderView(MessageHead head) {
        this.head = head;
    }

    /// Shows another head from now on.
    public void show(MessageHead other) {
        head = other;
    }

    @Override
    public @Nullable String get(String name) {
        String first = null;
        StringBuilder joined = null;
        for (int i = 0; i < head.count; i++) {
            if (is(i, name)) {
                String value = value(i);
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
        List<String> values = new ArrayList<>();
        for (int i = 0; i < head.count; i++) {
            if (is(i, name)) {
                values.add(value(i));
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
        for (int i = 0; i < head.count; i++) {
            if (is(i, name)) {
                return true;
            }
        }
        return head.hasAdded(name);
    }

    @Override
    public void set(String name, String value) {
        check(name, value);
        take(name);
        head.addAddedField(name, value);
    }

    @Override
    public void add(String name, String value) {
        check(name, value);
        head.addAddedField(name, value);
    }

    @Override
    public void remove(String name) {
        check(name, "");
        take(name);
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        for (int i = 0; i < head.count; i++) {
            if (head.isVisible(i)) {
                visitor.accept(Ascii.text(head.bytes, head.nameStart(i), head.nameEnd(i)), value(i));
            }
        }
        for (MessageHead.AddedField field : List.copyOf(head.added())) {
            visitor.accept(field.name(), field.value());
        }
    }

    private boolean is(int field, String name) {
        return head.isVisible(field)
                && Ascii.equalsIgnoreCase(head.bytes, head.nameStart(field), head.nameEnd(field), name);
    }

    private String value(int field) {
        return Ascii.text(head.bytes, head.valueStart(field), head.valueEnd(field));
    }

    private void take(String name) {
        for (int i = 0; i < head.count; i++) {
            if (is(i, name)) {
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

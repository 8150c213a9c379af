package io.tidegate.engine.wire;

import org.jspecify.annotations.Nullable;

/// Fields of a head by names that only the configuration knows.
public final class NamedFields {

    private NamedFields() {
    }

    /// The value of the first field of this name that was received; null where there is none.
    public static @Nullable String value(MessageHead head, String name) {
        for (int i = 0; i < head.count; i++) {
            if (head.isVisible(i) && is(head, i, name)) {
                return Ascii.text(head.bytes, head.valueStart(i), head.valueEnd(i));
            }
        }
        return null;
    }

    /// Index of the first received field of this name that goes on; -1 where there is none.
    public static int find(MessageHead head, String name) {
        for (int i = 0; i < head.count; i++) {
            if (head.isForwarded(i) && is(head, i, name)) {
                return i;
            }
        }
        return -1;
    }

    /// The value of the first field of this name that was added to those received; null where there is none.
    public static @Nullable String added(MessageHead head, String name) {
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(name)) {
                return field.value();
            }
        }
        return null;
    }

    /// Puts a value in place of whatever fields of this name there are, or null for none at all.
    public static void replace(MessageHead head, String name, @Nullable String value) {
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                head.drop(i);
                head.changed = true;
            }
        }
        head.removeAdded(name);
        if (value != null) {
            head.add(name, value);
        }
    }

    /// Takes every field of this name out, so that policies don't see it either.
    public static void remove(MessageHead head, String name) {
        for (int i = 0; i < head.count; i++) {
            if (is(head, i, name)) {
                head.removeField(i);
            }
        }
        head.removeAdded(name);
    }

    private static boolean is(MessageHead head, int i, String name) {
        return Ascii.equalsIgnoreCase(head.bytes, head.nameStart(i), head.nameEnd(i), name);
    }
}

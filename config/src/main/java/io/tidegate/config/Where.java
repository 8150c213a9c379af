package io.tidegate.config;

import org.jspecify.annotations.Nullable;

/// A path in a configuration: `routes.orders.policies[0].rateLimit`. A link to what is above it, so that going down
/// costs nothing until the text is asked for.
final class Where {

    /// The whole configuration.
    static final Where ROOT = new Where(null, "", -1);

    private final @Nullable Where parent;
    private final String key;
    private final int index;

    private Where(@Nullable Where parent, String key, int index) {
        this.parent = parent;
        this.key = key;
        this.index = index;
    }

    /// The path of a value in the map at this path.
    Where key(String name) {
        return new Where(this, name, -1);
    }

    /// The path of a value in the list at this path.
    Where item(int at) {
        return new Where(this, "", at);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(64);
        append(text);
        return text.toString();
    }

    private void append(StringBuilder text) {
        if (parent == null) {
            return;
        }
        parent.append(text);
        if (index >= 0) {
            text.append('[').append(index).append(']');
        } else {
            text.append(text.isEmpty() ? "" : ".").append(key);
        }
    }
}

package io.tidegate.config;

import io.tidegate.api.FilePath;
import io.tidegate.config.Node.Entry;
import io.tidegate.config.pem.UnusableFileException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What every check works on: the configuration, and where each part of it stands.
///
/// Where a part could not be read, it is not in `config`; its name is still in `root`.
///
/// @param config
///            the configuration
/// @param root
///            what it was read from
/// @param problems
///            takes what is found
/// @param nearest
///            finds what was meant
/// @param broken
///            paths of what could not be read as it stands, and of everything that holds such a part
record CheckContext(GatewayConfig config, Node.Fields root, ProblemList problems, Nearest nearest,
        Set<String> broken) {

    /// Whether what stands at a path could be read, so that it can also be judged by what it does not say.
    boolean whole(String path) {
        return !broken.contains(path);
    }

    /// A step down: a [String] key or an [Integer] index.
    void error(String message, Object... path) {
        problems.error(place(path), text(path), message);
    }

    /// Something that may be meant.
    void warning(String message, Object... path) {
        problems.warning(place(path), text(path), message);
    }

    /// An error at a key of a map rather than at its value.
    void errorAtKey(String message, Object... path) {
        problems.error(keyPlace(path), text(path), message);
    }

    /// A warning at a key of a map rather than at its value.
    void warningAtKey(String message, Object... path) {
        problems.warning(keyPlace(path), text(path), message);
    }

    /// Every name that is declared in a map at the top, even where what it stands for could not be read.
    Set<String> names(String key, Set<String> byDefault) {
        Entry entry = root.entries().get(key);
        return entry != null && entry.value() instanceof Node.Fields fields ? fields.entries().keySet() : byDefault;
    }

    /// What is read of a file.
    @FunctionalInterface
    interface Reading<T> {
        T read() throws UnusableFileException;
    }

    /// Reads a file; where it can't be used, reports that and returns null.
    <T> @Nullable T read(Reading<T> reading, FilePath file, Object... path) {
        try {
            return reading.read();
        } catch (UnusableFileException e) {
            error("can't use the file " + file + ": " + e.getMessage(), path);
            return null;
        }
    }

    /// The path to what is below another.
    static Object[] below(Object[] path, Object... more) {
        Object[] whole = Arrays.copyOf(path, path.length + more.length);
        System.arraycopy(more, 0, whole, path.length, more.length);
        return whole;
    }

    /// Reports a name that stands for nothing.
    void dangling(String what, String name, Collection<String> names, Object... path) {
        error("no " + what + " is named '" + name + "'" + nearest.hint(name, names), path);
    }

    /// Where the value at a path begins, or what it would stand in.
    Place place(Object... path) {
        Node node = root;
        for (Object step : path) {
            Node next = child(node, step);
            if (next == null) {
                return node.place();
            }
            node = next;
        }
        return node.place();
    }

    /// Whether something stands at a path, or its default stands in for it.
    boolean declared(Object... path) {
        Node node = root;
        for (Object step : path) {
            Node next = child(node, step);
            if (next == null) {
                return false;
            }
            node = next;
        }
        return true;
    }

    /// Where the key at a path stands.
    Place keyPlace(Object... path) {
        Node node = root;
        for (int i = 0; i < path.length - 1; i++) {
            Node next = child(node, path[i]);
            if (next == null) {
                return node.place();
            }
            node = next;
        }
        Entry entry = node instanceof Node.Fields fields
                ? fields.entries().get(String.valueOf(path[path.length - 1]))
                : null;
        return entry == null ? node.place() : entry.place();
    }

    private static @Nullable Node child(Node node, Object step) {
        return switch (node) {
            case Node.Fields fields when step instanceof String key -> {
                Entry entry = fields.entries().get(key);
                yield entry == null ? null : entry.value();
            }
            case Node.Items items when step instanceof Integer index && index < items.items().size() ->
                items.items().get(index);
            default -> null;
        };
    }

    private static String text(Object... path) {
        StringBuilder text = new StringBuilder();
        for (Object step : path) {
            if (step instanceof Integer) {
                text.append('[').append(step).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step);
            }
        }
        return text.toString();
    }
}

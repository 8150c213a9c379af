package io.tidegate.api;

import java.util.concurrent.atomic.AtomicInteger;

/// Names a value kept in an [Exchange]. Made once, in a constant.
///
/// @param <T>
///            what is kept under it
@SuppressWarnings("UnusedTypeParameter") // it types what Exchange.get returns
public final class Key<T> {

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name;
    private final int index = NEXT.getAndIncrement();

    private Key(String name) {
        this.name = name;
    }

    /// A new key; two of the same name are two keys.
    public static <T> Key<T> of(String name) {
        return new Key<>(name);
    }

    /// Its place in an array of values.
    public int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}

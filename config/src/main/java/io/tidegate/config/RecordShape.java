package io.tidegate.config;

import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What users can write for a record: the one source of the loader, the writer, the schema and the reference.
///
/// @param type
///            the record
/// @param doc
///            what it is; empty where it is not said
/// @param components
///            by key, in their order; none where it is `onlyShort`
/// @param shorthands
///            its short forms; the first one that fits is taken
/// @param constructor
///            its canonical constructor
/// @param onlyShort
///            whether it is never written as a map, because its components are no keys: an address, a path pattern
record RecordShape(Class<? extends Record> type, String doc, Map<String, Component> components,
        List<Shorthand> shorthands, Constructor<? extends Record> constructor, boolean onlyShort) {

    /// A key of a record.
    ///
    /// @param key
    ///            what users write
    /// @param index
    ///            its place among the record's components
    /// @param type
    ///            what it can be
    /// @param nullable
    ///            whether it may be left out without a default
    /// @param defaultText
    ///            its default as YAML, or null
    /// @param doc
    ///            what it means
    /// @param range
    ///            its bounds, or null
    /// @param pattern
    ///            what its text has to look like, or null
    /// @param secret
    ///            whether it must never be shown
    /// @param accessor
    ///            reads it
    record Component(String key, int index, ValueType type, boolean nullable, @Nullable String defaultText, String doc,
            @Nullable Range range, @Nullable Pattern pattern, boolean secret, Method accessor) {

        /// Whether it must be given.
        boolean required() {
            return !nullable && defaultText == null;
        }

        /// Its value in `owner`.
        @Nullable
        Object read(Record owner) {
            try {
                return accessor.invoke(owner);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("can't read " + owner.getClass().getName() + "." + key, e);
            }
        }
    }

    /// A short form.
    ///
    /// @param type
    ///            what is written
    /// @param method
    ///            makes the record from it
    /// @param words
    ///            the texts that can be written, where there are but a few
    record Shorthand(ValueType.Plain type, Method method, ValueType.@Nullable Choice words) {
    }
}

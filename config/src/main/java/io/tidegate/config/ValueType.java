package io.tidegate.config;

import java.util.Map;

/// What a component of a configuration record can be.
sealed interface ValueType {

    /// What has no more to say about itself.
    enum Plain implements ValueType {
        /// A [String].
        TEXT,
        /// `true` or `false`.
        FLAG,
        /// An `int`.
        INT,
        /// A `long`.
        LONG,
        /// A `double`.
        DECIMAL,
        /// A [java.time.Duration].
        DURATION,
        /// An [io.tidegate.api.ByteSize].
        SIZE,
        /// An [io.tidegate.api.Ratio].
        RATIO,
        /// A [PolicyConfig].
        POLICY
    }

    /// One of a few words.
    ///
    /// @param type
    ///            the enum
    /// @param constants
    ///            its constants, by the word users write
    record Choice(Class<?> type, Map<String, Enum<?>> constants) implements ValueType {
    }

    /// A record.
    ///
    /// @param type
    ///            its class; its shape is looked up when needed, as a record may hold itself
    record Struct(Class<? extends Record> type) implements ValueType {
    }

    /// A list.
    ///
    /// @param item
    ///            what each item is
    /// @param set
    ///            whether it is a [java.util.Set], so that no item may come twice
    record Listing(ValueType item, boolean set) implements ValueType {
    }

    /// A map from texts.
    ///
    /// @param value
    ///            what each value is
    record Mapping(ValueType value) implements ValueType {
    }
}

package io.tidegate.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a component of a configuration record can be.
sealed interface ValueType {

    /// The one word of a [Choice] that is no text.
    String FALSE = "false";

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
        /// An [io.tidegate.api.ConditionConfig].
        CONDITION,
        /// A [PolicyConfig].
        POLICY
    }

    /// One of a few words. The word `false`, for what is switched off, is the truth value, as it is everywhere else.
    ///
    /// @param type
    ///            the enum
    /// @param constants
    ///            its constants, by the word users write
    record Choice(Class<?> type, Map<String, Enum<?>> constants) implements ValueType {

        /// The constant that a scalar stands for, or null.
        @Nullable
        Enum<?> constant(Node.Scalar scalar) {
            boolean quoted = scalar.text().equals(FALSE) && !scalar.is(Node.Scalar.Kind.BOOLEAN);
            return quoted ? null : constants.get(scalar.text());
        }

        /// A word as machines write it: a text, or the truth value.
        static Object written(String word) {
            return word.equals(FALSE) ? (Object) false : word;
        }
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

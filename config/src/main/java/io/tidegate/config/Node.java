package io.tidegate.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of a configuration file with its place, before it is known what it stands for.
sealed interface Node {

    /// Where it begins.
    Place place();

    /// Number of values in it, itself included, with every alias counted as what it stands for.
    int size();

    /// What it is, for a message: `a map`.
    String found();

    /// A text, a number, a truth value or nothing.
    ///
    /// @param place
    ///            where it begins
    /// @param text
    ///            as written, substitutions replaced
    /// @param kind
    ///            what YAML takes it for
    /// @param hidden
    ///            whether it came from a file and must not be shown
    record Scalar(Place place, String text, Kind kind, boolean hidden) implements Node {

        /// What YAML's core schema takes a scalar for.
        enum Kind {
            /// A text: quoted, or plain and nothing else.
            TEXT,
            /// Decimal digits with or without a sign.
            INTEGER,
            /// Another number.
            DECIMAL,
            /// `true` or `false`.
            BOOLEAN,
            /// `null`, `~` or nothing at all.
            NULL,
            /// The result of a substitution: whatever it is asked to be.
            SUBSTITUTED,
            /// A substitution that failed, already reported.
            BROKEN
        }

        @Override
        public int size() {
            return 1;
        }

        /// Whether it can be what is asked for.
        boolean is(Kind wanted) {
            return kind == wanted || kind == Kind.SUBSTITUTED;
        }

        @Override
        public String found() {
            if (hidden) {
                return "a text that is not shown";
            }
            return switch (kind) {
                case TEXT, SUBSTITUTED, BROKEN -> "the text '" + shown() + "'";
                case INTEGER, DECIMAL -> "the number " + shown();
                case BOOLEAN -> shown();
                case NULL -> "empty";
            };
        }

        /// The text, cut short and without line breaks.
        private String shown() {
            String line = text.replace('\n', ' ');
            return line.length() <= 60 ? line : line.substring(0, 57) + "...";
        }
    }

    /// A list.
    ///
    /// @param place
    ///            where it begins
    /// @param items
    ///            in their order
    /// @param size
    ///            number of values in it
    record Items(Place place, List<Node> items, int size) implements Node {

        @Override
        public String found() {
            return "a list";
        }
    }

    /// A map.
    ///
    /// @param place
    ///            where it begins
    /// @param entries
    ///            by key, in their order
    /// @param size
    ///            number of values in it
    record Fields(Place place, Map<String, Entry> entries, int size) implements Node {

        /// One with nothing in it.
        static Fields empty(Place place) {
            return new Fields(place, new LinkedHashMap<>(), 1);
        }

        @Override
        public String found() {
            return "a map";
        }
    }

    /// An entry of a map.
    ///
    /// @param place
    ///            where its key is
    /// @param value
    ///            what the key stands for
    record Entry(Place place, Node value) {
    }
}

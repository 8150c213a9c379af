package io.tidegate.app.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a command is called and what it takes.
///
/// @param name
///            `run`
/// @param summary
///            what it does, in one sentence
/// @param details
///            what else there is to know, a paragraph each
/// @param parameters
///            in their order
/// @param options
///            in the order in which they are shown
record Syntax(String name, String summary, List<String> details, List<Parameter> parameters, List<Option> options) {

    /// What stands in a place of its own.
    ///
    /// @param label
    ///            `FILE`
    /// @param required
    ///            whether it must be given
    /// @param description
    ///            what it is
    record Parameter(String label, boolean required, String description) {
    }

    /// What is named.
    ///
    /// @param name
    ///            `--listen`
    /// @param label
    ///            of its value: `ADDRESS`; null where it has none
    /// @param preset
    ///            its value where it is not given; null where there is none
    /// @param kind
    ///            how often it is given
    /// @param description
    ///            what it is
    record Option(String name, @Nullable String label, @Nullable String preset, Kind kind, String description) {
    }

    /// How often an option is given.
    enum Kind {
        /// Once or not at all.
        OPTIONAL,
        /// Once.
        REQUIRED,
        /// As often as one likes.
        REPEATED
    }

    static Syntax of(String name, String summary, String... details) {
        return new Syntax(name, summary, List.of(details), List.of(), List.of());
    }

    Syntax parameter(String label, boolean required, String description) {
        List<Parameter> all = new ArrayList<>(parameters);
        all.add(new Parameter(label, required, description));
        return new Syntax(name, summary, details, List.copyOf(all), options);
    }

    /// A switch that is on where it is given.
    Syntax flag(String option, String description) {
        return with(new Option(option, null, null, Kind.OPTIONAL, description));
    }

    Syntax option(String option, String label, String preset, String description) {
        return with(new Option(option, label, preset, Kind.OPTIONAL, description + " Default: " + preset));
    }

    /// One that has no value where it is not given.
    Syntax optional(String option, String label, String description) {
        return with(new Option(option, label, null, Kind.OPTIONAL, description));
    }

    Syntax required(String option, String label, String description) {
        return with(new Option(option, label, null, Kind.REQUIRED, description));
    }

    Syntax repeated(String option, String label, String description) {
        return with(new Option(option, label, null, Kind.REPEATED, description + " May be given more than once."));
    }

    private Syntax with(Option option) {
        List<Option> all = new ArrayList<>(options);
        all.add(option);
        return new Syntax(name, summary, details, parameters, List.copyOf(all));
    }
}

package io.tidegate.app.command;

import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Declares and reads options. By hand and not by annotations: nothing is looked up by reflection, so it starts faster.
final class Options {

    private Options() {
    }

    static CommandSpec command(String name, String... description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description).descriptionHeading("%n").optionListHeading("%nOptions:%n")
                .parameterListHeading("%nParameters:%n").footerHeading("%n").sortOptions(false);
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this text and exit.")
                .build());
        return spec;
    }

    static OptionSpec text(String name, String label, String preset, String... description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).defaultValue(preset)
                .description(description).build();
    }

    static OptionSpec required(String name, String label, String... description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).required(true).description(description)
                .build();
    }

    static OptionSpec flag(String name, String... description) {
        return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
    }

    static PositionalParamSpec parameter(int index, String label, boolean required, String... description) {
        return PositionalParamSpec.builder().index(Integer.toString(index)).type(String.class).paramLabel(label)
                .arity(required ? "1" : "0..1").description(description).build();
    }

    /// The value of an option, read by `reader`.
    ///
    /// @throws ParameterException
    ///             for one that `reader` refuses
    static <T> T read(ParseResult line, String option, Function<String, T> reader) {
        String value = line.matchedOptionValue(option, line.commandSpec().findOption(option).defaultValue());
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line.commandSpec().commandLine(), option + " " + e.getMessage(), e);
        }
    }

    static boolean flag(ParseResult line, String option) {
        return line.matchedOptionValue(option, false);
    }

    /// A port, 0 for any free one.
    static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException("must be a port, 0 to 65535 (was '" + text + "')");
        }
        return Integer.parseInt(text);
    }
}

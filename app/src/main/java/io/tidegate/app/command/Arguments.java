package io.tidegate.app.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a command was given: `--name value`, `--name=value`, switches, and parameters. After `--` everything is a
/// parameter.
final class Arguments {

    private final Syntax syntax;
    private final List<String> parameters = new ArrayList<>();
    private final Map<String, List<String>> options = new HashMap<>();

    private Arguments(Syntax syntax) {
        this.syntax = syntax;
    }

    /// Reads what follows the command's name.
    ///
    /// @throws UsageException
    ///             for what the command does not take, and for what it lacks
    static Arguments read(Syntax syntax, List<String> words) {
        Arguments arguments = new Arguments(syntax);
        boolean named = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (named && word.equals("--")) {
                named = false;
            } else if (named && word.startsWith("-") && word.length() > 1) {
                i += arguments.readOption(word, i + 1 < words.size() ? words.get(i + 1) : null);
            } else if (arguments.parameters.size() < syntax.parameters().size()) {
                arguments.parameters.add(word);
            } else {
                throw new UsageException("unexpected argument '" + word + "'");
            }
        }
        arguments.checkComplete();
        return arguments;
    }

    /// Returns how many of the words that follow belong to the option.
    private int readOption(String word, @Nullable String next) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String name = equals < 0 ? word : word.substring(0, equals);
        Syntax.Option option = option(name);
        List<String> values = options.computeIfAbsent(name, added -> new ArrayList<>());
        if (!values.isEmpty() && option.kind() != Syntax.Kind.REPEATED) {
            throw new UsageException(name + " is given twice");
        }
        if (option.label() == null) {
            if (equals >= 0) {
                throw new UsageException(name + " takes no value");
            }
            values.add("");
            return 0;
        }
        if (equals >= 0) {
            values.add(word.substring(equals + 1));
            return 0;
        }
        if (next == null) {
            throw new UsageException(name + " needs a value: " + name + " " + option.label());
        }
        values.add(next);
        return 1;
    }

    private Syntax.Option option(String name) {
        for (Syntax.Option option : syntax.options()) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        throw new UsageException("unknown option '" + name + "'"
                + Spelling.hint(name, syntax.options().stream().map(Syntax.Option::name).toList()));
    }

    private void checkComplete() {
        for (Syntax.Option option : syntax.options()) {
            if (option.kind() == Syntax.Kind.REQUIRED && !options.containsKey(option.name())) {
                throw new UsageException(option.name() + " " + option.label() + " is missing");
            }
        }
        if (parameters.size() < syntax.parameters().size()
                && syntax.parameters().get(parameters.size()).required()) {
            throw new UsageException(syntax.parameters().get(parameters.size()).label() + " is missing");
        }
    }

    /// The parameter at `index`, or `preset` where it was not given.
    String parameter(int index, String preset) {
        return index < parameters.size() ? parameters.get(index) : preset;
    }

    boolean flag(String name) {
        return options.containsKey(name);
    }

    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /// The value of an option, read by `reader`.
    ///
    /// @throws UsageException
    ///             for one that `reader` refuses
    <T> T value(String name, Function<String, T> reader) {
        List<String> given = all(name);
        String value = given.isEmpty() ? option(name).preset() : given.getFirst();
        try {
            return reader.apply(value == null ? "" : value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + " " + e.getMessage());
        }
    }

    /// A port, 0 for any free one.
    static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException("must be a port, 0 to 65535 (was '" + text + "')");
        }
        return Integer.parseInt(text);
    }
}

package io.tidegate.app.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Writes what `--help` shows.
final class HelpText {

    private static final int WIDTH = 96;
    private static final int COLUMN = 24;

    private final StringBuilder out = new StringBuilder();

    private HelpText() {
    }

    static String ofProgram(Collection<Command> commands) {
        HelpText text = new HelpText();
        text.out.append("Usage: tidegate COMMAND [ARGUMENT...]\n\nAn API gateway.\n\nCommands:\n");
        for (Command command : commands) {
            text.row(command.syntax().name(), command.syntax().summary());
        }
        text.out.append("\nOptions:\n");
        text.row("-h, --help", "Show this text.");
        text.row("-V, --version", "Show the version.");
        text.out.append("\n'tidegate COMMAND --help' says more. 'tidegate demo' shows what it does.\n");
        return text.out.toString();
    }

    static String of(Syntax syntax) {
        HelpText text = new HelpText();
        text.usage(syntax);
        text.out.append("\n\n");
        text.paragraph(syntax.summary());
        syntax.details().forEach(text::paragraph);
        if (!syntax.parameters().isEmpty()) {
            text.out.append("\nParameters:\n");
            syntax.parameters().forEach(parameter -> text.row(parameter.label(), parameter.description()));
        }
        text.out.append("\nOptions:\n");
        for (Syntax.Option option : syntax.options()) {
            text.row(option.label() == null ? option.name() : option.name() + " " + option.label(),
                    option.description());
        }
        text.row("-h, --help", "Show this text.");
        return text.out.toString();
    }

    /// What is called how, in lines that break between two things.
    private void usage(Syntax syntax) {
        List<String> parts = new ArrayList<>();
        for (Syntax.Option option : syntax.options()) {
            String shown = option.label() == null ? option.name() : option.name() + " " + option.label();
            parts.add(switch (option.kind()) {
                case REQUIRED -> shown;
                case OPTIONAL -> "[" + shown + "]";
                case REPEATED -> "[" + shown + "]...";
            });
        }
        for (Syntax.Parameter parameter : syntax.parameters()) {
            parts.add(parameter.required() ? parameter.label() : "[" + parameter.label() + "]");
        }
        String start = "Usage: tidegate " + syntax.name();
        out.append(start);
        int column = start.length();
        for (String part : parts) {
            if (column + 1 + part.length() > WIDTH) {
                out.append('\n').repeat(' ', start.length());
                column = start.length();
            }
            out.append(' ').append(part);
            column += 1 + part.length();
        }
    }

    private void paragraph(String sentence) {
        wrap(sentence, 0, 0);
    }

    private void row(String name, String description) {
        out.append("  ").append(name);
        int used = 2 + name.length();
        if (used >= COLUMN - 1) {
            out.append('\n');
            used = 0;
        }
        wrap(description, COLUMN, used);
    }

    private void wrap(String text, int indent, int used) {
        int column = used;
        for (String word : text.split(" ", -1)) {
            boolean fresh = column <= indent;
            if (!fresh && column + 1 + word.length() > WIDTH) {
                out.append('\n');
                column = 0;
                fresh = true;
            }
            if (fresh) {
                out.repeat(' ', indent - column).append(word);
                column = indent + word.length();
            } else {
                out.append(' ').append(word);
                column += 1 + word.length();
            }
        }
        out.append('\n');
    }
}

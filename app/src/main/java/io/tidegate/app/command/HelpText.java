package io.tidegate.app.command;

import java.util.Collection;

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
        text.out.append("Usage: tidegate ").append(syntax.name());
        for (Syntax.Option option : syntax.options()) {
            String shown = option.label() == null ? option.name() : option.name() + " " + option.label();
            text.out.append(' ').append(switch (option.kind()) {
                case REQUIRED -> shown;
                case OPTIONAL -> "[" + shown + "]";
                case REPEATED -> "[" + shown + "]...";
            });
        }
        for (Syntax.Parameter parameter : syntax.parameters()) {
            text.out.append(' ').append(parameter.required() ? parameter.label() : "[" + parameter.label() + "]");
        }
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

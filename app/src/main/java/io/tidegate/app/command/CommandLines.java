package io.tidegate.app.command;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads and runs command lines.
///
/// By hand and not with a library: the one that was tried is compiled for a Java so old that its classes can't be kept
/// in an AOT cache, and loading them took longer than everything else until a gateway serves.
public final class CommandLines {

    static final int OK = 0;
    static final int WRONG_INPUT = 1;
    static final int WRONG_USAGE = 2;

    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final Terminal terminal;

    private CommandLines(Terminal terminal, SecretInput input) {
        this.terminal = terminal;
        for (Command command : List.of(new RunCommand(), new ProxyCommand(), new DemoCommand(), new InitCommand(),
                new CheckCommand(), new ExplainCommand(), new MirrorReportCommand(),
                new KeyCommand(InstantSource.system(), input), new SchemaCommand(), new VersionCommand(),
                new TrainCommand())) {
            commands.put(command.syntax().name(), command);
        }
    }

    /// Runs a command line and returns its exit status: 0 well, 1 the input was wrong, 2 wrong usage.
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return run(out, err, SecretInput.ofProcess(), arguments);
    }

    static int run(PrintWriter out, PrintWriter err, SecretInput input, String... arguments) {
        int status = new CommandLines(new Terminal(out, err), input).run(List.of(arguments));
        out.flush();
        err.flush();
        return status;
    }

    private int run(List<String> words) {
        String first = words.isEmpty() ? "" : words.getFirst();
        switch (first) {
            case "" -> {
                terminal.err().print(HelpText.ofProgram(commands.values()));
                return WRONG_USAGE;
            }
            case "-h", "--help", "help" -> {
                terminal.out().print(HelpText.ofProgram(commands.values()));
                return OK;
            }
            case "-V", "--version" -> {
                terminal.say("tidegate " + Version.current().number());
                return OK;
            }
            default -> {
                // One of the commands, below.
            }
        }
        Command command = commands.get(first);
        if (command == null) {
            String what = first.startsWith("-") ? "unknown option '" : "unknown command '";
            return wrongUsage(what + first + "'" + Spelling.hint(first, List.copyOf(commands.keySet())), "tidegate");
        }
        return run(command, words.subList(1, words.size()));
    }

    private int run(Command command, List<String> words) {
        Syntax syntax = command.syntax();
        List<String> named = words.contains("--") ? words.subList(0, words.indexOf("--")) : words;
        if (named.contains("--help") || named.contains("-h")) {
            terminal.out().print(HelpText.of(syntax));
            return OK;
        }
        try {
            return command.run(Arguments.read(syntax, words), terminal);
        } catch (UsageException e) {
            return wrongUsage(String.valueOf(e.getMessage()), "tidegate " + syntax.name());
        } catch (WrongInputException e) {
            terminal.err().println("tidegate: " + e.getMessage());
            return WRONG_INPUT;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int wrongUsage(String message, String command) {
        terminal.err().println("tidegate: " + message);
        terminal.err().println("Try '" + command + " --help'.");
        return WRONG_USAGE;
    }
}

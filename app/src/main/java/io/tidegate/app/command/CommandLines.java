package io.tidegate.app.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Reads and runs command lines.
public final class CommandLines {

    static final int OK = 0;
    static final int WRONG_INPUT = 1;
    private static final int WRONG_USAGE = 2;

    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final Terminal terminal;

    private CommandLines(Terminal terminal) {
        this.terminal = terminal;
        for (Command command : List.of(new RunCommand(), new ProxyCommand(), new DemoCommand(), new InitCommand(),
                new CheckCommand(), new VersionCommand(), new TrainCommand())) {
            commands.put(command.spec().name(), command);
        }
    }

    /// Runs a command line and returns its exit status.
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        int status = new CommandLines(new Terminal(out, err)).run(arguments);
        out.flush();
        err.flush();
        return status;
    }

    private int run(String... arguments) {
        CommandLine line = new CommandLine(root());
        line.setUsageHelpWidth(100);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        try {
            return run(line.parseArgs(arguments));
        } catch (ParameterException e) {
            terminal.err().println("tidegate: " + message(e));
            terminal.err().println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
            return WRONG_USAGE;
        } catch (WrongInputException e) {
            terminal.err().println("tidegate: " + e.getMessage());
            return WRONG_INPUT;
        }
    }

    private CommandSpec root() {
        CommandSpec root = Options.command("tidegate", "An API gateway.");
        root.usageMessage().synopsisSubcommandLabel("COMMAND").commandListHeading("%nCommands:%n").footer(
                "'tidegate COMMAND --help' says more about a command. 'tidegate demo' shows what it does.");
        root.addOption(OptionSpec.builder("-V", "--version").versionHelp(true)
                .description("Show the version and exit.").build());
        commands.forEach((name, command) -> root.addSubcommand(name, command.spec()));
        return root;
    }

    private int run(ParseResult parsed) {
        ParseResult line = parsed;
        while (line.hasSubcommand()) {
            line = line.subcommand();
        }
        CommandLine command = line.commandSpec().commandLine();
        if (line.isUsageHelpRequested()) {
            command.usage(terminal.out());
            return OK;
        }
        if (line.isVersionHelpRequested()) {
            terminal.say("tidegate " + Version.current().number());
            return OK;
        }
        Command wanted = commands.get(line.commandSpec().name());
        if (wanted == null) {
            command.usage(terminal.err());
            return WRONG_USAGE;
        }
        try {
            return wanted.run(line, terminal);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String message(ParameterException e) {
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String first = unmatched.getUnmatched().getFirst();
            boolean root = e.getCommandLine().getParent() == null;
            String what = unmatched.isUnknownOption()
                    ? "unknown option '" + first + "'"
                    : root ? "unknown command '" + first + "'" : "unexpected argument '" + first + "'";
            List<String> near = unmatched.getSuggestions();
            return near.isEmpty() ? what : what + " (did you mean '" + near.getFirst() + "'?)";
        }
        return String.valueOf(e.getMessage());
    }
}

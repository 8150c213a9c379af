package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a configuration to start from.
final class InitCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("init", "Write a commented configuration to start from, with safe defaults.")
                .parameter("FILE", false, "Where to write it. Default: tidegate.yaml")
                .flag("--force", "Replace the file if there is one.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        Path file = Path.of(arguments.parameter(0, "tidegate.yaml"));
        OpenOption[] how = arguments.flag("--force")
                ? new OpenOption[]{StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE}
                : new OpenOption[]{StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
        try {
            Files.writeString(file, Configurations.resource("starter.yaml"), how);
        } catch (FileAlreadyExistsException e) {
            throw new WrongInputException(file + " exists already; --force replaces it");
        } catch (IOException e) {
            throw new WrongInputException("can't write " + file + ": " + reason(e));
        }
        terminal.say("Wrote " + file + ". Next:");
        terminal.say("  tidegate check " + file);
        terminal.say("  tidegate run " + file);
        return CommandLines.OK;
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "there is no such folder"
                : e instanceof java.nio.file.AccessDeniedException ? "not allowed" : String.valueOf(e.getMessage());
    }
}

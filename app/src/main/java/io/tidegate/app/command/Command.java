package io.tidegate.app.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// A command of the command line.
interface Command {

    /// Its name, what it does, its options and parameters.
    CommandSpec spec();

    /// Runs it and returns the exit status.
    ///
    /// @throws WrongInputException
    ///             where what it was given can't be worked with: status 1
    /// @throws picocli.CommandLine.ParameterException
    ///             where it was called wrongly: status 2
    int run(ParseResult line, Terminal terminal) throws Exception;
}

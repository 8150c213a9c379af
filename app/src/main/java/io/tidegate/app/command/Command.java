package io.tidegate.app.command;

/// A command of the command line.
interface Command {

    /// Its name, what it does, and what it takes.
    Syntax syntax();

    /// Runs it and returns the exit status.
    ///
    /// @throws WrongInputException
    ///             where what it was given can't be worked with: status 1
    /// @throws UsageException
    ///             where it was called wrongly: status 2
    int run(Arguments arguments, Terminal terminal) throws Exception;
}

package io.tidegate.control.admin;

import java.io.IOException;

/// Answers the requests of one method for one path. Runs on a virtual thread and may block.
@FunctionalInterface
public interface AdminHandler {

    /// Answers `request`.
    ///
    /// @throws ProblemException
    ///             if it can't be served as it is
    /// @throws IOException
    ///             if the client went away
    AdminAnswer handle(AdminRequest request) throws IOException;
}

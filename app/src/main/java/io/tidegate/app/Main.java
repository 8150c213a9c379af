package io.tidegate.app;

import io.tidegate.app.command.CommandLines;
import io.tidegate.app.log.UtilLogging;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Where the process begins.
public final class Main {

    private Main() {
    }

    /// Runs one command and ends with its exit status: 0 well, 1 the input was wrong, 2 wrong usage.
    public static void main(String[] arguments) {
        UtilLogging.announce();
        // Left open: closing them would close what the log and the access log write to.
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        System.exit(CommandLines.run(out, err, arguments));
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}

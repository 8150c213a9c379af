package io.tidegate.app.command;

import java.io.PrintWriter;

/// What a command writes to.
///
/// @param out
///            for data
/// @param err
///            for what went wrong
record Terminal(PrintWriter out, PrintWriter err) {

    void say(String text) {
        out.println(text);
    }
}

/// The command line: one class per command. Data goes to standard output; what went wrong, and logs, to standard error.
///
/// Exit status 0: well. 1: the input was wrong, said on standard error. 2: wrong usage.
@NullMarked
package io.tidegate.app.command;

import org.jspecify.annotations.NullMarked;

/// Tests of the command line.
@NullMarked
package io.tidegate.app.command;

import org.jspecify.annotations.NullMarked;

/// What the process says about its own work: SLF4J, `System.Logger` and `java.util.logging` lead to one [LogSink],
/// which writes lines for people or JSON lines to standard error.
///
/// Nothing here is configured by files, because start-up time counts and a second place for settings would drift from
/// the first. SLF4J's bindings for `java.util.logging` lose the key-value pairs of an event; this one keeps them.
@NullMarked
package io.tidegate.app.log;

import org.jspecify.annotations.NullMarked;

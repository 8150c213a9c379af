/// Calls of policies to servers of their own: for keys, tokens, decisions. By the JDK's client, off the event loops.
@NullMarked
package io.tidegate.engine.outbound;

import org.jspecify.annotations.NullMarked;

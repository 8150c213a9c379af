/// The data path: a checked configuration is compiled into one immutable snapshot, and requests run on event loops
/// against that snapshot and nothing else. [Engine] is the front door; no other package is for other modules.
@NullMarked
package io.tidegate.engine;

import org.jspecify.annotations.NullMarked;

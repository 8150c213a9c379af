/// What the gateway tells of itself: measurements, the access log, how the event loops keep time.
///
/// Everything that is written per request is written by one thread, the event loop it belongs to, into plain cells that
/// others only read: no lock, no atomic, no look-up, no allocation. Obtain cells when a configuration is compiled, keep
/// them in fields, and touch them on their own loop only. What reads them (a scrape, the thread that writes the access
/// log) runs elsewhere and may see one cell a moment before its neighbour.
@NullMarked
package io.tidegate.engine.observe;

import org.jspecify.annotations.NullMarked;

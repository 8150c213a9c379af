/// The choice of a route: a compiled, immutable table on bytes, whose look-up costs the same for one route and for
/// a hundred thousand.
///
/// A [RouteTable] is shared by every event loop; a [RouteMatch] and the [RouteInput] belong to one of them and are
/// used again for every request. A look-up allocates nothing where the routes that come into question ask for host,
/// path and method only; header fields, query parameters and regular expressions are turned into text once per
/// look-up, and only where a route asks for them.
@NullMarked
package io.tidegate.engine.route;

import org.jspecify.annotations.NullMarked;

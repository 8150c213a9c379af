/// Explanations of requests, for people and for machines.
@NullMarked
package io.tidegate.app.explain;

import org.jspecify.annotations.NullMarked;

/// Benchmarks of single parts, and the gateway that the side-by-side runs start.
@NullMarked
package io.tidegate.bench;

import org.jspecify.annotations.NullMarked;

/// Benchmarks of single parts of the data path.
@NullMarked
package io.tidegate.bench;

import org.jspecify.annotations.NullMarked;

/// Copies of requests for a second upstream: what it gets, what clients never notice, what is told of differences.
@NullMarked
package io.tidegate.tests.mirror;

import org.jspecify.annotations.NullMarked;

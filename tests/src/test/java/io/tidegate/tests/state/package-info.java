/// What outlives a request: in memory, in Redis, and the policies that use it.
@NullMarked
package io.tidegate.tests.state;

import org.jspecify.annotations.NullMarked;

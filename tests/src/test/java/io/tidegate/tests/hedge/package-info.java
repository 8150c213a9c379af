/// Requests that are sent a second time before the first is answered.
@NullMarked
package io.tidegate.tests.hedge;

import org.jspecify.annotations.NullMarked;

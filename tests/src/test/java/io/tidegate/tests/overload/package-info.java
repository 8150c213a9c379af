/// What the gateway does when there is more to do than it can.
@NullMarked
package io.tidegate.tests.overload;

import org.jspecify.annotations.NullMarked;

/// What the gateway does when there is more to do than it can: measures what it is short of, and says what is shed.
@NullMarked
package io.tidegate.engine.overload;

import org.jspecify.annotations.NullMarked;

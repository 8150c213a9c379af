/// Clients that want to use the gateway up: group J of the attacks, with small limits so that it takes no time.
@NullMarked
package io.tidegate.tests.exhaustion;

import org.jspecify.annotations.NullMarked;

/// Which endpoints can be used: what requests and checks have told of them, and what follows from it.
@NullMarked
package io.tidegate.engine.health;

import org.jspecify.annotations.NullMarked;

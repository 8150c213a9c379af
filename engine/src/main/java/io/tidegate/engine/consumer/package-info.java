/// Who may call, as one configuration declares it, for look-ups on event loops.
@NullMarked
package io.tidegate.engine.consumer;

import org.jspecify.annotations.NullMarked;

/// Values that outlive requests: in this process, or in a store that gateways share.
@NullMarked
package io.tidegate.engine.state;

import org.jspecify.annotations.NullMarked;

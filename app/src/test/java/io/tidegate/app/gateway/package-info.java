/// Tests of a gateway that runs in this process.
@NullMarked
package io.tidegate.app.gateway;

import org.jspecify.annotations.NullMarked;

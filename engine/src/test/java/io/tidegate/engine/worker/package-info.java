/// Tests of event loops and what they own.
@NullMarked
package io.tidegate.engine.worker;

import org.jspecify.annotations.NullMarked;

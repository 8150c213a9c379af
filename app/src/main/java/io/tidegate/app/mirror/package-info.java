/// What came of mirrors, for people and for machines.
@NullMarked
package io.tidegate.app.mirror;

import org.jspecify.annotations.NullMarked;

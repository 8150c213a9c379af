/// What the documents show works, and what they say is true.
@NullMarked
package io.tidegate.tests.docs;

import org.jspecify.annotations.NullMarked;

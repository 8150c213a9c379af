/// Services whose endpoints are found, and not declared.
@NullMarked
package io.tidegate.tests.discovery;

import org.jspecify.annotations.NullMarked;

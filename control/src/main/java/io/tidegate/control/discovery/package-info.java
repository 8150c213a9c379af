/// Sources of endpoints: files and registries.
@NullMarked
package io.tidegate.control.discovery;

import org.jspecify.annotations.NullMarked;

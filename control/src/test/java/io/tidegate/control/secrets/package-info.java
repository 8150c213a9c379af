@NullMarked
package io.tidegate.control.secrets;

import org.jspecify.annotations.NullMarked;

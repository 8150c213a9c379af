/// Where configurations come from: today a file or a folder of them.
@NullMarked
package io.tidegate.control.source;

import org.jspecify.annotations.NullMarked;

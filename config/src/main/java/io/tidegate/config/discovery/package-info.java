/// Where the endpoints of an upstream are found, and what tells of them.
@NullMarked
package io.tidegate.config.discovery;

import org.jspecify.annotations.NullMarked;

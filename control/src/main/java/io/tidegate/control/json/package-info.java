/// What servers answer in JSON.
@NullMarked
package io.tidegate.control.json;

import org.jspecify.annotations.NullMarked;

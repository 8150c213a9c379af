/// Where `${…}` gets secrets from that stand in no file.
@NullMarked
package io.tidegate.control.secrets;

import org.jspecify.annotations.NullMarked;

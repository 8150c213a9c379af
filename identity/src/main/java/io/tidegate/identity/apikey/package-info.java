/// Finds out who calls by a key that they were given.
@NullMarked
package io.tidegate.identity.apikey;

import org.jspecify.annotations.NullMarked;

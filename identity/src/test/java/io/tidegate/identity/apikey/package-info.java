/// Tests of `apiKey`.
@NullMarked
package io.tidegate.identity.apikey;

import org.jspecify.annotations.NullMarked;

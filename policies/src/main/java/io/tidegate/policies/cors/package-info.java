/// The policy `cors`: which other origins browsers may call from (Fetch standard, CORS protocol).
@NullMarked
package io.tidegate.policies.cors;

import org.jspecify.annotations.NullMarked;

/// The policy `redirect`: sends the client elsewhere.
@NullMarked
package io.tidegate.policies.redirect;

import org.jspecify.annotations.NullMarked;

/// `forwardAuth`: a service of one's own decides on requests, by HTTP.
@NullMarked
package io.tidegate.identity.forwardauth;

import org.jspecify.annotations.NullMarked;

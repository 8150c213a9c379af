/// `opa`: an Open Policy Agent decides on requests, by its data API.
@NullMarked
package io.tidegate.identity.opa;

import org.jspecify.annotations.NullMarked;

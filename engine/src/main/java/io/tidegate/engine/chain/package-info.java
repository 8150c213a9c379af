/// How policies are run: one after the other, forwards for the request and backwards for the response.
@NullMarked
package io.tidegate.engine.chain;

import org.jspecify.annotations.NullMarked;

/// Tests of certificates that the gateway gets by itself.
@NullMarked
package io.tidegate.acme;

import org.jspecify.annotations.NullMarked;

/// Tests of what bounds the requests to a service.
@NullMarked
package io.tidegate.tests.limits;

import org.jspecify.annotations.NullMarked;

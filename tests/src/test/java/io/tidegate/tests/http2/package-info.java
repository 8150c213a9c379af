/// HTTP/2 as clients speak it.
@NullMarked
package io.tidegate.tests.http2;

import org.jspecify.annotations.NullMarked;

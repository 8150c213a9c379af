/// Tests of the whole: on real sockets, against what the documents promise.
@NullMarked
package io.tidegate.tests;

import org.jspecify.annotations.NullMarked;

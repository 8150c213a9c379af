/// What is sent to a service once more, on real sockets.
@org.jspecify.annotations.NullMarked
package io.tidegate.tests.retry;

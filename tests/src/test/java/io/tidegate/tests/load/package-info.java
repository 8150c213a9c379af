/// What holds while the gateway is busy: reloads, stops, failing services, clients and services that do not read.
@NullMarked
package io.tidegate.tests.load;

import org.jspecify.annotations.NullMarked;

/// Which endpoints are used: what requests, checks and whoever runs the gateway say of them.
@NullMarked
package io.tidegate.tests.health;

import org.jspecify.annotations.NullMarked;

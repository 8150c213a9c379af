/// What is tested of asking servers.
@NullMarked
package io.tidegate.identity.remote;

import org.jspecify.annotations.NullMarked;

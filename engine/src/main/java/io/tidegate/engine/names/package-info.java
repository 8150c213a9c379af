/// Names of services: their addresses, looked up ahead of requests and kept where nobody can be asked.
@NullMarked
package io.tidegate.engine.names;

import org.jspecify.annotations.NullMarked;

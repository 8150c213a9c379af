/// Which endpoint, and which upstream, a request goes to.
@NullMarked
package io.tidegate.tests.balance;

import org.jspecify.annotations.NullMarked;

/// The gateway's own policies, one package each, and what they have in common. They use the policy API like any plugin.
@NullMarked
package io.tidegate.policies;

import org.jspecify.annotations.NullMarked;

/// Tests of logins by browsers, against a provider that can misbehave.
@NullMarked
package io.tidegate.identity.oidc;

import org.jspecify.annotations.NullMarked;

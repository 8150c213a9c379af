package io.tidegate.identity.accesscontrol;

import io.tidegate.api.Doc;

/// What becomes of a client that no list can tell of.
public enum Rule {
    @Doc("It may call.")
    ALLOW, @Doc("It is refused with 403.")
    DENY
}

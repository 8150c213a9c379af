package io.tidegate.identity.internaltoken;

import io.tidegate.api.Doc;

/// What a token can tell beside its subject.
public enum TokenPart {
    @Doc("`consumer`: the name of the consumer.")
    CONSUMER, @Doc("`groups`: those of who calls, as a list.")
    GROUPS, @Doc("`scope`: what the credentials are good for, separated by spaces (RFC 8693 section 4.2).")
    SCOPES, @Doc("`auth_method`: the kind of the policy that has found out who calls.")
    METHOD, @Doc("`auth_issuer`: who vouches for the subject, where that is not the gateway.")
    ISSUER
}

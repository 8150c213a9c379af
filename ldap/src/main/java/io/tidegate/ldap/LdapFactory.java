package io.tidegate.ldap;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;

/// Makes `ldap` policies.
public final class LdapFactory implements PolicyFactory<LdapConfig> {

    @Override
    public String type() {
        return "ldap";
    }

    @Override
    public Class<LdapConfig> configType() {
        return LdapConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by a user name and a password that a directory knows.";
    }

    @Override
    public Policy create(LdapConfig config, PolicyContext context) {
        return new LdapPolicy(config, context, new Directory(config));
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(LdapConfig config) {
        return config.optional();
    }
}

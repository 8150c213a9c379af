package io.tidegate.ldap;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import org.jspecify.annotations.Nullable;

/// How the groups of a user are found, where the user's own entry does not name them.
@Doc("How the groups of a user are found, where the user's own entry does not name them.")
public record GroupSearchConfig(
        @Doc("The entry below which groups are.") String base,

        @Doc("The attribute of a group that names its members by their entries.") @Default("member") @Pattern(value = Names.ATTRIBUTE, expected = "the name of an attribute") String member,

        @Doc("The attribute that holds the name of a group.") @Default("cn") @Pattern(value = Names.ATTRIBUTE, expected = "the name of an attribute") String name,

        @Doc("What else has to be so of the group, a filter (RFC 4515).") @Nullable String filter) {

    /// Refuses what is no name and no filter.
    public GroupSearchConfig {
        Names.checkDn("base", base);
        Names.checkFilter("filter", filter);
    }
}

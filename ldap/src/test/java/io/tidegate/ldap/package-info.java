/// Tests of `ldap`, against a directory in this process.
@NullMarked
package io.tidegate.ldap;

import org.jspecify.annotations.NullMarked;

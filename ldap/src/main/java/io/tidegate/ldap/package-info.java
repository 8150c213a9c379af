/// The policy `ldap`: user names and passwords that a directory knows. Whoever asks one has to reckon with its failing
/// at any time.
@NullMarked
package io.tidegate.ldap;

import org.jspecify.annotations.NullMarked;

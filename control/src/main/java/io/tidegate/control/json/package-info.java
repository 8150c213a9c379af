/// Servers that answer in JSON: registries, Vault.
@NullMarked
package io.tidegate.control.json;

import org.jspecify.annotations.NullMarked;

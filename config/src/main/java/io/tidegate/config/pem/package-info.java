/// Reads certificates, keys, lists of withdrawn certificates and the like from files. Every method reads a file, blocks
/// meanwhile, and throws [io.tidegate.config.pem.UnusableFileException] with the reason in words where it can't be used.
@NullMarked
package io.tidegate.config.pem;

import org.jspecify.annotations.NullMarked;

/// Tests of what users declare and how it is read.
@NullMarked
package io.tidegate.config;

import org.jspecify.annotations.NullMarked;

package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Bounds of a number, both included. For a list or a map: of its size.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {

    /// Smallest value.
    long min() default Long.MIN_VALUE;

    /// Largest value.
    long max() default Long.MAX_VALUE;
}

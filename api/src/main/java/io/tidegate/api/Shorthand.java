package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The short form of a record: a public static method of one argument (a text, a number or a truth value) that makes
/// the whole from it. Throws [IllegalArgumentException] for what it cannot be.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Shorthand {
}

package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The key of a component or an enum constant where the Java name cannot be it: `public`, `h2`. A
/// constant for what is switched off is named `false`; users then write the truth value.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Named {

    /// The key, as users write it.
    String value();
}

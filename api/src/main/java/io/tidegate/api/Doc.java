package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a component of a configuration record means, in a sentence or two. Shown in the reference, the schema and the
/// editor. On a record or an enum constant: what the thing is.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface Doc {

    /// Markdown text.
    String value();
}

package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A regular expression that the whole text matches.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Pattern {

    /// The expression.
    String value();

    /// What it stands for, to be read after 'must be': `a media type such as text/html`.
    String expected();
}

package io.tidegate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a component is when it is left out, as a user would write it. A component without one that is not
/// `@Nullable` has to be given; a list, a map or a record of defaults writes `[]` or `{}`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {

    /// The default, as YAML.
    String value();
}

package io.tidegate.expressions;

import io.tidegate.api.Condition;
import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.ConfigException;
import org.jspecify.annotations.Nullable;

/// Compiles conditions in the Common Expression Language. Found by [java.util.ServiceLoader], so it is light: the
/// library behind it is loaded with the first condition. May be used by several threads at once.
public final class CelConditionLanguage implements ConditionLanguage {

    private @Nullable CelEnvironment environment;

    /// A language that has compiled nothing yet.
    public CelConditionLanguage() {
    }

    /// Compiles a condition of at most 4096 characters.
    ///
    /// @throws ConfigException
    ///             where it is none: `column 9: there is no 'request.pth'`
    @Override
    public Condition compile(String source) {
        return environment().compile(source);
    }

    private synchronized CelEnvironment environment() {
        CelEnvironment made = environment;
        if (made == null) {
            made = new CelEnvironment();
            environment = made;
        }
        return made;
    }
}

package io.tidegate.testkit;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every test class in which a buffer was lost ([Leaks]). Registered for all classes where
/// `junit.jupiter.extensions.autodetection.enabled` is `true`, or by `@ExtendWith` for one.
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {

    /// Made by JUnit.
    public LeakExtension() {
        // Nothing is kept from class to class.
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Leaks.watch();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Leaks.check();
    }
}

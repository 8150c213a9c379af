package io.tidegate.policies;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.PolicyFactory;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistrationTest {

    static Stream<Class<?>> configTypes() {
        return ServiceLoader.load(PolicyFactory.class).stream().map(ServiceLoader.Provider::get)
                .map(factory -> factory.configType());
    }

    @Test
    void findsEveryPolicyByItsType() {
        List<String> types = new ArrayList<>();
        for (PolicyFactory<?> factory : ServiceLoader.load(PolicyFactory.class)) {
            types.add(factory.type());
            assertThat(factory.summary()).endsWith(".");
        }

        assertThat(types)
                .contains("cors", "faultInjection", "grpcJson", "grpcWeb", "headers", "idempotency", "redirect",
                        "requestLimits", "respond", "rewrite",
                        "securityHeaders")
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("configTypes")
    void documentsEverySetting(Class<?> type) {
        assertThat(type).hasAnnotation(Doc.class);
        for (RecordComponent component : type.getRecordComponents()) {
            Doc doc = component.getAnnotation(Doc.class);
            assertThat(doc).as(component.toString()).isNotNull();
            if (component.getType().isRecord()
                    && component.getType().getPackageName().startsWith("io.tidegate.policies")) {
                documentsEverySetting(component.getType());
            }
            boolean nullable = component.getAnnotatedType()
                    .isAnnotationPresent(org.jspecify.annotations.Nullable.class);
            assertThat(nullable && component.isAnnotationPresent(Default.class)).as(component.toString()).isFalse();
        }
    }
}

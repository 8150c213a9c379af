package io.tidegate.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.tidegate.tests.Project;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may know whom, and what may be done where.
class ArchitectureTest {

    private static final String[] EVERYWHERE = {"java..", "org.jspecify..", "org.slf4j..", "io.netty..",
        "io.tidegate.api..", "org.jctools..", "javax.."};

    /// The rooms of the engine and the rooms below each.
    private static final Map<String, List<String>> ROOMS = new TreeMap<>(Map.ofEntries(
            Map.entry("worker", List.of("wire")),
            Map.entry("wire", List.of()),
            Map.entry("balance", List.of()),
            Map.entry("health", List.of()),
            Map.entry("breaker", List.of("health")),
            Map.entry("limit", List.of("worker")),
            Map.entry("consumer", List.of()),
            Map.entry("outbound", List.of("worker")),
            Map.entry("names", List.of("worker", "observe")),
            Map.entry("discovery", List.of("names", "observe", "worker")),
            Map.entry("upstream", List.of("health", "breaker", "limit", "balance", "names", "tls",
                    "worker", "wire", "observe")),
            Map.entry("mirror", List.of("upstream", "observe", "worker", "wire")),
            Map.entry("probe", List.of("upstream", "health", "worker", "wire")),
            Map.entry("route", List.of("worker", "wire")),
            Map.entry("chain", List.of("worker", "wire", "observe")),
            Map.entry("observe", List.of("worker", "wire")),
            Map.entry("overload", List.of("observe", "worker", "wire")),
            Map.entry("tls", List.of("worker", "observe")),
            Map.entry("state", List.of("worker", "observe", "wire")),
            Map.entry("stream", List.of("upstream", "tls", "worker", "wire", "observe")),
            Map.entry("exchange",
                    List.of("mirror", "stream", "route", "chain", "observe", "overload", "upstream", "breaker", "limit",
                            "balance", "tls", "wire", "worker", "state")),
            Map.entry("server",
                    List.of("exchange", "stream", "route", "chain", "observe", "overload", "upstream", "tls", "wire",
                            "worker", "state")),
            Map.entry("compile",
                    List.of("server", "exchange", "mirror", "stream", "route", "chain", "observe", "overload", "probe",
                            "upstream",
                            "consumer", "outbound", "discovery", "health", "breaker", "limit", "names", "tls", "wire",
                            "worker", "state"))));

    private static JavaClasses product;

    @BeforeAll
    static void readClasses() {
        List<Path> folders = new ArrayList<>();
        for (String module : Project.MODULES) {
            Path folder = Project.root().resolve(module).resolve("target/classes");
            if (Files.isDirectory(folder)) {
                folders.add(folder);
            }
        }
        product = new ClassFileImporter().importPaths(folders);
        assertThat(product.contain("io.tidegate.engine.Engine")).as("whether the engine was compiled").isTrue();
    }

    @Test
    void theApiNeedsOnlyTheJdk() {
        classes().that().resideInAPackage("io.tidegate.api..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("io.tidegate.api..", "java..", "org.jspecify..").check(product);
    }

    @Test
    void theConfigurationKnowsTheApiOnly() {
        noClasses().that().resideInAPackage("io.tidegate.config..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.policies..", "io.tidegate.control..",
                        "io.tidegate.app..", "io.netty..")
                .check(product);
    }

    @Test
    void policiesHaveNoPrivateDoor() {
        noClasses().that().resideInAnyPackage("io.tidegate.policies..", "io.tidegate.identity..").should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.config..", "io.tidegate.control..",
                        "io.tidegate.app..", "io.netty..")
                .allowEmptyShould(true).check(product);
    }

    @Test
    void policiesDoNotKnowEachOther() {
        slices().matching("io.tidegate.policies.(*)..").should().notDependOnEachOther().check(product);
        slices().matching("io.tidegate.identity.(*)..").should().notDependOnEachOther()
                .ignoreDependency(com.tngtech.archunit.base.DescribedPredicate.alwaysTrue(), resideInAnyPackage(
                        // What several of them are built on: keys of issuers, and tokens that are checked by them.
                        "io.tidegate.identity.keys..", "io.tidegate.identity.token..",
                        // And on asking servers.
                        "io.tidegate.identity.remote.."))
                .check(product);
    }

    @Test
    void theControlPlaneNeverSeesTheEngine() {
        noClasses().that().resideInAPackage("io.tidegate.control..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.app..", "io.netty..").allowEmptyShould(true)
                .check(product);
    }

    @Test
    void whoGetsCertificatesNeverSeesTheEngineAndNobodyElseItsLibraries() {
        noClasses().that().resideInAPackage("io.tidegate.acme..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.control..", "io.tidegate.app..", "io.netty..")
                .check(product);
        noClasses().that().resideOutsideOfPackage("io.tidegate.acme..").should().dependOnClassesThat()
                .resideInAPackage("org.shredzone..").check(product);
        // Passwords are hashed by the same library.
        noClasses().that().resideOutsideOfPackages("io.tidegate.acme..", "io.tidegate.identity.basicauth..").should()
                .dependOnClassesThat().resideInAPackage("org.bouncycastle..").check(product);
    }

    @Test
    void whoSpeaksWithRedisNeverSeesTheEngineAndNobodyElseItsLibraries() {
        noClasses().that().resideInAPackage("io.tidegate.redis..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.control..", "io.tidegate.app..",
                        "io.tidegate.policies..")
                .check(product);
        noClasses().that().resideOutsideOfPackage("io.tidegate.redis..").should().dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "reactor..", "org.reactivestreams..").check(product);
        noClasses().should().dependOnClassesThat().resideInAnyPackage("reactor..", "org.reactivestreams..")
                .check(product);
    }

    @Test
    void whoAsksDirectoriesNeverSeesTheEngineAndNobodyElseItsLibrary() {
        noClasses().that().resideInAPackage("io.tidegate.ldap..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.control..", "io.tidegate.app..",
                        "io.tidegate.policies..", "io.netty..")
                .check(product);
        noClasses().that().resideOutsideOfPackage("io.tidegate.ldap..").should().dependOnClassesThat()
                .resideInAnyPackage("com.unboundid..").check(product);
    }

    @Test
    void whoSpeaksEnvoysProtocolNeverSeesTheEngineAndNobodyElseItsLibraries() {
        noClasses().that().resideInAPackage("io.tidegate.extauthz..").should().dependOnClassesThat()
                .resideInAnyPackage("io.tidegate.engine..", "io.tidegate.control..", "io.tidegate.app..",
                        "io.tidegate.config..", "io.tidegate.policies..", "io.tidegate.identity..")
                .check(product);
        noClasses().that().resideOutsideOfPackage("io.tidegate.extauthz..").should().dependOnClassesThat()
                .resideInAnyPackage("io.grpc..").check(product);
    }

    @Test
    void nothingKnowsTheApplication() {
        noClasses().that().resideOutsideOfPackage("io.tidegate.app..").should().dependOnClassesThat()
                .resideInAPackage("io.tidegate.app..").check(product);
    }

    @Test
    void theEnginesRoomsHaveNoCycles() {
        slices().matching("io.tidegate.engine.(*)..").should().beFreeOfCycles().check(product);
    }

    @TestFactory
    List<DynamicTest> everyRoomOfTheEngineKnowsOnlyTheRoomsBelow() {
        List<DynamicTest> tests = new ArrayList<>();
        ROOMS.forEach((room, below) -> {
            List<String> allowed = new ArrayList<>(List.of(EVERYWHERE));
            allowed.add("io.tidegate.engine." + room);
            below.forEach(other -> allowed.add("io.tidegate.engine." + other));
            // Decided: records of what is declared may be read where it is carried out, and routes match by safere.
            allowed.add("io.tidegate.config..");
            allowed.add("org.safere..");
            if (room.equals("mirror")) {
                // Answers are compared as JSON, off the event loops.
                allowed.add("tools.jackson..");
            }
            // What the process itself costs is told by the JDK only there.
            allowed.add("com.sun.management..");
            // So are the times after which a connection is probed, where no native transport sets them.
            allowed.add("jdk.net..");
            tests.add(DynamicTest.dynamicTest(room,
                    () -> classes().that().resideInAPackage("io.tidegate.engine." + room).should()
                            .onlyDependOnClassesThat().resideInAnyPackage(allowed.toArray(new String[0]))
                            .allowEmptyShould(true).check(product)));
        });
        return tests;
    }

    @Test
    void everyRoomOfTheEngineIsOnThePlan() {
        classes().that().resideInAPackage("io.tidegate.engine..").should()
                .resideInAnyPackage(ROOMS.keySet().stream().map(room -> "io.tidegate.engine." + room)
                        .collect(java.util.stream.Collectors.collectingAndThen(java.util.stream.Collectors.toList(),
                                rooms -> {
                                    rooms.add("io.tidegate.engine");
                                    return rooms.toArray(new String[0]);
                                })))
                .check(product);
    }

    @Test
    void wireAndWorkerKnowNoConfiguration() {
        noClasses().that().resideInAPackage("io.tidegate.engine.wire").should().dependOnClassesThat()
                .resideInAPackage("io.tidegate.config..").check(product);
    }

    @Test
    void otherModulesUseTheFrontDoorOfTheEngineOnly() {
        noClasses().that().resideOutsideOfPackages("io.tidegate.engine..", "io.tidegate.app..", "io.tidegate.testkit..")
                .should()
                .dependOnClassesThat().resideInAnyPackage(
                        ROOMS.keySet().stream().map(room -> "io.tidegate.engine." + room + "..").toArray(String[]::new))
                .check(product);
    }

    @Test
    void theLoopNeverBlocks() {
        noClasses().that(resideInAnyPackage("io.tidegate.engine..")
                .and(not(resideInAnyPackage("io.tidegate.engine", "io.tidegate.engine.worker",
                        "io.tidegate.engine.observe", "io.tidegate.engine.compile",
                        // Sources of endpoints wait on virtual threads of their own.
                        "io.tidegate.engine.discovery",
                        // So does every call of a policy to a server of its own.
                        "io.tidegate.engine.outbound")))
                // They bind, wait when they cut, and take the file of a Unix socket away: nothing of it is on a loop.
                .and(not(com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName("Listener")))
                .and(not(com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName("QuicListener")))
                .and(not(com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName("SocketFile")))
                .and(not(com.tngtech.archunit.core.domain.JavaClass.Predicates
                        .simpleNameStartingWith("SocketHandover"))))
                .should().callMethodWhere(BLOCKING).orShould().dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "java.util.concurrent.locks..", "java.net.http..").orShould()
                .dependOnClassesThat().belongToAnyOf(Files.class, java.nio.channels.FileChannel.class,
                        java.io.RandomAccessFile.class, java.io.FileInputStream.class, java.io.FileOutputStream.class,
                        java.io.FileReader.class, java.io.FileWriter.class, java.net.Socket.class,
                        java.util.concurrent.BlockingQueue.class)
                .check(product);
    }

    /// Calls that hold the calling thread up, whatever their arguments.
    private static final DescribedPredicate<JavaCall<?>> BLOCKING = DescribedPredicate.describe("that block",
            call -> blocks(call.getTargetOwner(), call.getName()));

    private static boolean blocks(JavaClass owner, String method) {
        return BLOCKERS.entrySet().stream()
                .anyMatch(entry -> owner.isAssignableTo(entry.getKey()) && entry.getValue().contains(method));
    }

    /// By type, what blocks of it and of all that extend it.
    private static final Map<Class<?>, Set<String>> BLOCKERS = Map.ofEntries(
            Map.entry(Thread.class, Set.of("sleep", "join")),
            Map.entry(java.util.concurrent.TimeUnit.class, Set.of("sleep", "timedJoin", "timedWait")),
            Map.entry(Future.class, Set.of("get")),
            Map.entry(java.util.concurrent.CompletableFuture.class, Set.of("join")),
            Map.entry(io.netty.util.concurrent.Future.class,
                    Set.of("get", "await", "awaitUninterruptibly", "sync", "syncUninterruptibly")),
            Map.entry(java.util.concurrent.CountDownLatch.class, Set.of("await")),
            Map.entry(java.util.concurrent.CyclicBarrier.class, Set.of("await")),
            Map.entry(java.util.concurrent.Semaphore.class, Set.of("acquire", "acquireUninterruptibly")),
            Map.entry(java.util.concurrent.ExecutorService.class, Set.of("awaitTermination", "invokeAll", "invokeAny",
                    "close")),
            Map.entry(Process.class, Set.of("waitFor")),
            Map.entry(java.net.InetAddress.class, Set.of("getByName", "getAllByName", "getLocalHost", "isReachable",
                    "getCanonicalHostName")));

    @ParameterizedTest
    @ValueSource(strings = {"sleeps", "sleepsForADuration", "joins", "joinsForAWhile", "gets", "syncs", "looksUp"})
    void theRuleAgainstBlockingSeesEveryWayToBlock(String method) {
        JavaClass blockers = new ClassFileImporter().importClasses(WaysToBlock.class).get(WaysToBlock.class);
        assertThat(blockers.getMethods().stream().filter(each -> each.getName().equals(method))
                .flatMap(each -> each.getCallsFromSelf().stream())).as("calls of %s", method).anyMatch(BLOCKING);
    }

    @Test
    void onlyTheRoomsForItStartThreads() {
        noClasses().that(resideInAnyPackage("io.tidegate..")
                .and(not(resideInAnyPackage("io.tidegate.engine.worker..", "io.tidegate.engine.observe..",
                        "io.tidegate.engine.discovery..",
                        "io.tidegate.control..", "io.tidegate.acme..", "io.tidegate.app..", "io.tidegate.testkit.."))))
                .should().callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                        com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With
                                .owner(com.tngtech.archunit.core.domain.JavaClass.Predicates
                                        .assignableTo(Thread.class)))
                        .and(com.tngtech.archunit.core.domain.JavaCall.Predicates
                                .target(com.tngtech.archunit.core.domain.properties.HasName.Predicates
                                        .nameMatching("start|ofPlatform|ofVirtual|startVirtualThread"))))
                .check(product);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses().that(alwaysTrue()).should().haveSimpleNameEndingWith("Impl").orShould()
                .haveSimpleNameEndingWith("Manager").orShould().haveSimpleNameEndingWith("Helper").orShould()
                .haveSimpleNameEndingWith("Util").orShould().haveSimpleNameEndingWith("Utils").check(product);
    }

    @Test
    void noStateIsStaticAndChangeable() {
        fields().that().areStatic().and().areDeclaredInClassesThat().resideInAPackage("io.tidegate..").and()
                .areDeclaredInClassesThat(not(SYNTHETIC)).should().beFinal().check(product);
    }

    private static final DescribedPredicate<JavaClass> SYNTHETIC = DescribedPredicate
            .describe("made by the compiler", type -> type.getModifiers().contains(JavaModifier.SYNTHETIC));
}

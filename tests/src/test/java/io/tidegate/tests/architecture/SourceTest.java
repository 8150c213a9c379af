package io.tidegate.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import io.tidegate.tests.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// What can be read off the source files.
class SourceTest {

    private static final int LINES = 400;
    private static final int HARD_LIMIT = 600;

    /// Files that may be longer than [#LINES], and why.
    private static final Map<String, String> LONGER = Map.of(
            "Fault.java", "the list of every error, two constants a screen",
            "HttpExchange.java", "the one path of a request, to be read top to bottom",
            "Http1ServerHandler.java", "the states of one connection, which are only understood together",
            "Http2Client.java", "every frame that a test may want to send");

    private static final int METHOD_LINES = 60;
    private static final int PARAMETERS = 6;

    /// Methods that may be longer than [#METHOD_LINES] or have more than [#PARAMETERS], and why.
    private static final Map<String, String> LARGER = Map.of(
            "Engine.apply", "what is opened here has to be closed again here where a later step fails",
            "RequestWriter.write", "all that a head is made of, without an object for each request",
            "Filter.onHeadersRead", "as Netty's codec calls it",
            "Http2ResponseReader.onHeadersRead", "as Netty's codec calls it",
            "Http2RequestReader.onHeadersRead", "as Netty's codec calls it");

    /// What marks work that is left, put together so that a search for it does not find this file.
    private static final Pattern LEFT = Pattern.compile(
            "\\b(" + String.join("|", "TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK") + ")\\b");

    private static List<Path> sources() {
        List<Path> files = new ArrayList<>();
        for (String module : Project.MODULES) {
            files.addAll(Project.files(Project.root().resolve(module).resolve("src/main/java"), ".java"));
        }
        assertThat(files).hasSizeGreaterThan(100);
        return files;
    }

    private static String show(Path file) {
        return Project.root().relativize(file).toString();
    }

    @Test
    void filesAreShortEnoughToBeReadAtOnce() {
        List<String> tooLong = new ArrayList<>();
        Set<String> excepted = new TreeSet<>();
        for (Path file : sources()) {
            long lines = Project.read(file).lines().count();
            String name = file.getFileName().toString();
            if (lines > LINES) {
                excepted.add(name);
                if (lines > HARD_LIMIT || !LONGER.containsKey(name)) {
                    tooLong.add(show(file) + ": " + lines);
                }
            }
        }
        assertThat(tooLong).as("files above %s lines", LINES).isEmpty();
        assertThat(excepted).as("exceptions that are needed").containsAll(LONGER.keySet());
    }

    @Test
    void methodsAreShortAndHaveFewParameters() throws IOException {
        List<String> larger = new ArrayList<>();
        Set<String> excepted = new TreeSet<>();
        int[] count = {0};
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
                    files.getJavaFileObjectsFromPaths(sources()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new TreePathScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void nothing) {
                        count[0]++;
                        String name = typeAround(getCurrentPath()) + "." + method.getName();
                        long lines = lines(unit, positions, method);
                        int parameters = method.getParameters().size();
                        // A record's constructor has as many parameters as the record has components.
                        boolean many = parameters > PARAMETERS && !method.getName().contentEquals("<init>");
                        if (lines > METHOD_LINES || many) {
                            excepted.add(name);
                            if (!LARGER.containsKey(name)) {
                                larger.add(name + ": " + lines + " lines, " + parameters + " parameters");
                            }
                        }
                        return super.visitMethod(method, null);
                    }
                }.scan(unit, null);
            }
        }
        assertThat(count[0]).as("methods").isGreaterThan(1000);
        assertThat(larger).as("methods above %s lines or %s parameters", METHOD_LINES, PARAMETERS).isEmpty();
        assertThat(excepted).as("exceptions that are needed").containsAll(LARGER.keySet());
    }

    /// The simple name of the type that a tree stands in; empty for an anonymous one.
    private static String typeAround(TreePath path) {
        return path.getParentPath().getLeaf() instanceof ClassTree type ? type.getSimpleName().toString() : "";
    }

    private static long lines(CompilationUnitTree unit, SourcePositions positions, MethodTree method) {
        long start = positions.getStartPosition(unit, method);
        long end = positions.getEndPosition(unit, method);
        LineMap lines = unit.getLineMap();
        // A compact constructor's tree may have no end of its own.
        return end < 0 ? 0 : lines.getLineNumber(end) - lines.getLineNumber(start) + 1;
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        List<String> without = new ArrayList<>();
        for (Path file : sources()) {
            Path info = file.resolveSibling("package-info.java");
            if (!java.nio.file.Files.exists(info) || !Project.read(info).contains("@NullMarked")
                    || !Project.read(info).startsWith("///")) {
                without.add(show(info));
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void everyTypeSaysWhatItIs() {
        List<String> without = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Project.read(file).lines().toList();
            for (int i = 1; i < lines.size(); i++) {
                if (lines.get(i).matches(
                        "(public )?((final|sealed|non-sealed|abstract) )*(class|interface|record|enum|@interface) .*")) {
                    int above = i - 1;
                    while (above > 0 && lines.get(above).startsWith("@")) {
                        above--;
                    }
                    if (!lines.get(above).startsWith("///")) {
                        without.add(show(file) + ":" + (i + 1));
                    }
                }
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            if (LEFT.matcher(Project.read(file)).find()) {
                found.add(show(file));
            }
        }
        assertThat(found).isEmpty();
    }
}

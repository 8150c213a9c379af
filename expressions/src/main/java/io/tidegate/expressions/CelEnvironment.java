package io.tidegate.expressions;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.tidegate.api.Condition;
import io.tidegate.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What conditions are compiled in: the variables and their types, and the bounds of what an expression may cost.
///
/// An expression has no loops but `exists` and its like over the header fields, groups, scopes and claims, of which
/// there are few, and never more rounds of them than a bound for the whole; texts grow only by what stands in it;
/// regular expressions are matched in linear time.
final class CelEnvironment {

    private static final int LONGEST_SOURCE = 4096;
    private static final int DEEPEST = 64;
    private static final int MOST_ITERATIONS = 1000;
    private static final int LARGEST_REGEX = 1000;

    private static final Map<String, CelType> VARIABLES = variables();

    // Where the type checker points at 'request' alone, the whole name is what was wrong.
    private static final Pattern NAME = Pattern
            .compile("(request|client|consumer|principal)(\\.[A-Za-z_][A-Za-z0-9_]*)?");

    private final CelCompiler compiler;
    private final CelRuntime runtime;

    CelEnvironment() {
        CelOptions options = CelOptions.current().maxExpressionCodePointSize(LONGEST_SOURCE)
                .maxParseRecursionDepth(DEEPEST).maxParseErrorRecoveryLimit(5)
                .comprehensionMaxIterations(MOST_ITERATIONS).maxRegexProgramSize(LARGEST_REGEX)
                .enableHeterogeneousNumericComparisons(true).build();
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder().setOptions(options)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS).addLibraries(CelExtensions.optional())
                .setResultType(SimpleType.BOOL);
        VARIABLES.forEach(builder::addVar);
        compiler = builder.build();
        runtime = CelRuntimeFactory.legacyCelRuntimeBuilder().setOptions(options)
                .addLibraries(CelExtensions.optional()).build();
    }

    private static Map<String, CelType> variables() {
        Map<String, CelType> variables = new TreeMap<>();
        for (String name : List.of("request.method", "request.scheme", "request.host", "request.path", "request.query",
                "client.address", "client.peerAddress", "client.listener", "client.tlsVersion", "client.serverName",
                "client.certificateSubject", "client.certificateSha256", "client.spiffeId", "route", "consumer.name",
                "principal.subject", "principal.issuer", "principal.method")) {
            variables.put(name, SimpleType.STRING);
        }
        variables.put("request.headers", MapType.create(SimpleType.STRING, SimpleType.STRING));
        variables.put("consumer.groups", ListType.create(SimpleType.STRING));
        variables.put("principal.scopes", ListType.create(SimpleType.STRING));
        variables.put("token", MapType.create(SimpleType.STRING, SimpleType.DYN));
        variables.put("client.secure", SimpleType.BOOL);
        variables.put("client.trusted", SimpleType.BOOL);
        return variables;
    }

    Condition compile(String source) {
        try {
            CelValidationResult result = compiler.compile(source);
            if (result.hasError()) {
                throw new ConfigException(message(result.getErrors(), source));
            }
            CelAbstractSyntaxTree tree = result.getAst();
            return new CelCondition(runtime.createProgram(tree));
        } catch (CelValidationException e) {
            throw new ConfigException(message(e.getErrors(), source));
        } catch (CelEvaluationException e) {
            throw new ConfigException("can't be a condition: " + e.getMessage());
        }
    }

    private static String message(List<CelIssue> issues, String source) {
        List<String> lines = new ArrayList<>();
        for (CelIssue issue : issues) {
            int line = issue.getSourceLocation().getLine();
            int column = issue.getSourceLocation().getColumn();
            String place = line < 1
                    ? ""
                    : (source.indexOf('\n') < 0 ? "" : "line " + line + ", ") + "column " + (column + 1) + ": ";
            lines.add(place + explain(issue.getMessage(), source, line, column));
        }
        return String.join("; ", lines);
    }

    private static String explain(String message, String source, int line, int column) {
        String text = message.replace(" (in container '')", "").replace('\n', ' ');
        String[] lines = source.split("\n", -1);
        if (text.startsWith("undeclared reference") && line >= 1 && line <= lines.length) {
            Matcher name = NAME.matcher(lines[line - 1]);
            if (column >= 0 && column <= lines[line - 1].length() && name.find(column) && name.start() == column) {
                return "there is no '" + name.group() + "' (there are " + String.join(", ", VARIABLES.keySet()) + ")";
            }
        }
        return text;
    }
}

package io.tidegate.engine.route;

import io.tidegate.engine.route.Candidate.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One look-up at a time, with the state that it needs, used again for the next.
///
/// The groups of the host are searched from the most specific on: the exact name, wildcards from the longest on, routes
/// without hosts. In each, the trie is walked depth first: at every node the literal of the segment, then the
/// parameter, then the rest, so that candidates come up in the order of their rank and the first that fits is the
/// answer. Then come the candidates with an expression, then those without any path.
///
/// The trie is a tree and a segment's depth is its node's depth, so no node is ever visited twice: a look-up costs at
/// most one visit per node of the trie, and per host at most [RouteIndex#MAX_VISITS], which holds of every table that
/// was built. A walk of s segments of which none has both a literal and a parameter that match visits s + 1 nodes.
final class Search {

    /// What a candidate fails on.
    enum Misfit {
        NONE, METHOD, HEADER, QUERY, PATH
    }

    private static final String PREFLIGHT_METHOD = "access-control-request-method";

    private final RequestValues values = new RequestValues();

    /// Pairs: a node to come back to, and where its child for a parameter would go on; [#REST_ONLY] if only the rest
    /// is left to try.
    private int[] stack = new int[64];
    private static final int REST_ONLY = -1;

    private RouteIndex index = RouteIndex.EMPTY;
    private @Nullable RouteInput input;
    private byte[] path = {};
    private int pathStart;
    private int pathEnd;
    private String method = "";
    private long methodBit;
    private boolean explicitOnly;
    private long allowed;
    private final List<String> sharedAllowed = new ArrayList<>(0);
    private @Nullable Candidate found;
    private boolean preflight;
    private int visits;

    /// Where the name of the group that is searched begins in the host; the host's end for routes without hosts.
    private int hostFrom;
    private @Nullable RouteTracer tracer;

    /// Looks up. The result is in [#found], or else [#allowed].
    void run(RouteIndex table, RouteInput request) {
        index = table;
        input = request;
        path = request.pathBytes();
        pathStart = request.pathStart();
        pathEnd = request.pathEnd();
        values.clear();
        visits = 0;
        tracer = null;
        preflight = false;
        String sent = request.method();
        if (sent.equals("OPTIONS")) {
            String asked = request.header(PREFLIGHT_METHOD);
            if (asked != null && request.header("origin") != null) {
                if (table.listsOptions() && find(sent, true)) {
                    return;
                }
                preflight = true;
                sent = asked;
            }
        }
        find(sent, false);
    }

    /// Lets go of the table.
    void clear() {
        index = RouteIndex.EMPTY;
        found = null;
    }

    /// Looks up once more what [#run] looked up, past the first that fits, and tells of every candidate on the way.
    void trace(RouteTracer listener) {
        Candidate winner = found;
        tracer = listener;
        find(method, explicitOnly);
        tracer = null;
        found = winner;
    }

    private boolean find(String wanted, boolean explicit) {
        method = wanted;
        methodBit = index.methods().bit(wanted);
        explicitOnly = explicit;
        allowed = 0;
        sharedAllowed.clear();
        found = null;
        return searchHosts();
    }

    private boolean searchHosts() {
        HostTable hosts = index.hosts();
        RouteInput request = input();
        byte[] host = request.hostBytes();
        int from = request.hostStart();
        int to = request.hostEnd();
        if (to > from) {
            if (searchGroup(hosts.names().find(HostTable.EXACT, host, from, to), from)) {
                return true;
            }
            for (int i = from + 1; hosts.hasWildcards() && i < to; i++) {
                if (host[i] == '.' && hosts.mayBeWildcard(to - i - 1)
                        && searchGroup(hosts.names().find(HostTable.WILDCARD, host, i + 1, to), i + 1)) {
                    return true;
                }
            }
        }
        return searchGroup(hosts.anyHost(), to);
    }

    private boolean searchGroup(int group, int nameFrom) {
        if (group == ByteIndex.NONE) {
            return false;
        }
        hostFrom = nameFrom;
        return (pathStart < pathEnd && path[pathStart] == '/' && walk(index.hosts().root(group)))
                || test(index.hosts().expressionsFrom(group), index.hosts().anyPathFrom(group))
                || test(index.hosts().anyPathFrom(group), index.hosts().anyPathTo(group));
    }

    private boolean walk(int root) {
        PathTrie trie = index.trie();
        byte[] bytes = path;
        int end = pathEnd;
        int node = root;
        int at = pathStart;
        int depth = 0;
        while (true) {
            visits++;
            if (at == end) {
                if (test(trie.endsFrom(node), trie.restFrom(node))
                        || test(trie.restFrom(node), trie.restTo(node))) {
                    return true;
                }
            } else {
                int to = at + 1;
                while (to < end && bytes[to] != '/') {
                    to++;
                }
                int literal = trie.edges().find(node, bytes, at + 1, to);
                int parameter = to > at + 1 ? trie.parameter(node) : 0;
                int next = literal == ByteIndex.NONE ? parameter : literal;
                boolean parameterLeft = literal != ByteIndex.NONE && parameter != 0;
                boolean rest = trie.hasRest(node);
                if (next != 0) {
                    if (parameterLeft || rest) {
                        push(depth, node, parameterLeft ? to : REST_ONLY);
                        depth += 2;
                    }
                    node = next;
                    at = to;
                    continue;
                }
                if (rest && test(trie.restFrom(node), trie.restTo(node))) {
                    return true;
                }
            }
            depth = backtrack(depth);
            if (depth < 0) {
                return depth == FOUND;
            }
            node = trie.parameter(stack[depth]);
            at = stack[depth + 1];
            stack[depth + 1] = REST_ONLY;
            depth += trie.hasRest(stack[depth]) ? 2 : 0;
        }
    }

    private static final int FOUND = -1;
    private static final int EXHAUSTED = -2;

    /// Tries the rests that are left on the way back to a node whose parameter is left to try.
    ///
    /// @return depth of that node's pair, [#FOUND] or [#EXHAUSTED]
    private int backtrack(int from) {
        PathTrie trie = index.trie();
        int depth = from;
        while (depth > 0) {
            depth -= 2;
            if (stack[depth + 1] != REST_ONLY) {
                return depth;
            }
            int node = stack[depth];
            if (test(trie.restFrom(node), trie.restTo(node))) {
                return FOUND;
            }
        }
        return EXHAUSTED;
    }

    private void push(int depth, int node, int at) {
        if (depth == stack.length) {
            stack = Arrays.copyOf(stack, depth * 2);
        }
        stack[depth] = node;
        stack[depth + 1] = at;
    }

    /// Tries the candidates of one place in their order.
    private boolean test(int from, int to) {
        if (to - from > Dispatch.CROWD && tracer == null) {
            Dispatch dispatch = index.dispatch(from);
            if (dispatch != null) {
                return test(dispatch.wanting(values, input()), dispatch.others());
            }
        }
        for (int i = from; i < to; i++) {
            if (test(index.candidates()[i])) {
                return true;
            }
        }
        return false;
    }

    /// Tries the candidates of two ranked lists in the order of rank.
    private boolean test(int[] some, int[] others) {
        int s = 0;
        int o = 0;
        while (s < some.length || o < others.length) {
            int next = o == others.length || (s < some.length && some[s] < others[o]) ? some[s++] : others[o++];
            if (test(index.candidates()[next])) {
                return true;
            }
        }
        return false;
    }

    private boolean test(Candidate candidate) {
        Terms terms = candidate.terms();
        boolean methodFits = methodFits(terms);
        if (tracer != null) {
            tracer.visited(candidate, methodFits ? misfit(terms) : Misfit.METHOD);
        } else if (methodFits) {
            if (misfit(terms) == Misfit.NONE) {
                found = candidate;
                return true;
            }
        } else if (!explicitOnly && (terms.methods() & ~allowed) != 0 && misfit(terms) == Misfit.NONE) {
            allow(terms);
        }
        return false;
    }

    private boolean methodFits(Terms terms) {
        if (terms.anyMethod()) {
            return !explicitOnly;
        }
        return (terms.methods() & methodBit) != 0
                && (methodBit != Methods.SHARED || terms.match().methods().contains(method));
    }

    private Misfit misfit(Terms terms) {
        if (terms.plain()) {
            return Misfit.NONE;
        }
        for (int i = 0; i < terms.headers().size(); i++) {
            if (!headerFits(terms.headers().get(i))) {
                return Misfit.HEADER;
            }
        }
        for (int i = 0; i < terms.query().size(); i++) {
            if (!queryFits(terms.query().get(i))) {
                return Misfit.QUERY;
            }
        }
        return terms.regex() == null || terms.regex().matches(values, input())
                ? Misfit.NONE
                : Misfit.PATH;
    }

    boolean headerFits(ValueTest test) {
        if (test.asksForGrpc()) {
            // A preflight does not say of what type the call will be.
            return preflight || input().isGrpc();
        }
        return test.test(field(test));
    }

    /// The value of the header field or cookie that is tested.
    @Nullable
    String field(ValueTest test) {
        return test.place() == ValueTest.Place.COOKIE
                ? values.cookie(input(), test.name())
                : values.header(input(), test.name());
    }

    boolean queryFits(ValueTest test) {
        return test.testAll(values.query(input(), test.name()));
    }

    private void allow(Terms terms) {
        allowed |= terms.methods() & ~Methods.SHARED;
        if ((terms.methods() & Methods.SHARED) != 0) {
            for (String name : terms.match().methods()) {
                if (index.methods().bit(name) == Methods.SHARED && !sharedAllowed.contains(name)) {
                    sharedAllowed.add(name);
                }
            }
        }
    }

    @Nullable
    Candidate found() {
        return found;
    }

    /// Whether the path exists, but only for other methods.
    boolean methodMissing() {
        return found == null && (allowed != 0 || !sharedAllowed.isEmpty());
    }

    /// The methods of candidates that failed on the method alone, and `OPTIONS`.
    List<String> allowed() {
        List<String> names = new ArrayList<>();
        index.methods().names(allowed | Methods.OPTIONS, names);
        names.addAll(sharedAllowed);
        return names;
    }

    boolean preflight() {
        return preflight;
    }

    RouteInput input() {
        return Objects.requireNonNull(input, "nothing was looked up");
    }

    RequestValues values() {
        return values;
    }

    String method() {
        return method;
    }

    /// Where the name of the group that is searched begins in the host; the host's end for routes without hosts.
    int hostFrom() {
        return hostFrom;
    }

    int visits() {
        return visits;
    }
}

package io.tidegate.control.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can make a path lead to another file when it is replaced: every symbolic link on the way, and the file at its
/// end.
///
/// Kubernetes mounts `tidegate.yaml → ..data/tidegate.yaml` and `..data → ..2026_11_24`, and swaps `..data`: what is
/// renamed is neither the file nor in its folder.
final class SymlinkChain {

    // As many as Linux follows before it gives up.
    private static final int MOST_LINKS = 40;

    private SymlinkChain() {
    }

    /// The links and the file of `path`, each in the folder where it really is. Where something on the way is missing,
    /// the way ends with it.
    static Set<Path> steps(Path path) {
        Path absolute = path.toAbsolutePath();
        Set<Path> steps = new LinkedHashSet<>();
        Deque<Path> names = new ArrayDeque<>();
        absolute.forEach(names::addLast);
        Path current = root(absolute);
        int links = 0;
        while (!names.isEmpty()) {
            Path name = names.removeFirst();
            if (name.toString().equals("..")) {
                current = current.getParent() == null ? current : current.getParent();
                continue;
            }
            Path next = current.resolve(name).normalize();
            Path target = links < MOST_LINKS ? target(next) : null;
            if (target != null) {
                links++;
                steps.add(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    names.addFirst(target.getName(i));
                }
                current = target.isAbsolute() ? root(target) : current;
            } else if (names.isEmpty() || !Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
                steps.add(next);
                return steps;
            } else {
                current = next;
            }
        }
        steps.add(current);
        return steps;
    }

    private static Path root(Path absolute) {
        Path root = absolute.getRoot();
        return root == null ? Path.of("/") : root;
    }

    private static @Nullable Path target(Path link) {
        try {
            return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : null;
        } catch (IOException e) {
            // It went away just now; so it is none.
            return null;
        }
    }
}

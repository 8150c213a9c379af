package io.tidegate.control.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder() {
        return temporary.resolve("tidegate");
    }

    private Path file() {
        return folder().resolve("admin-1.token");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void holdsTheTokenForItsOwnerAlone() throws IOException {
        TokenFile created = TokenFile.create(file());

        assertThat(created.path()).isEqualTo(file());
        assertThat(Files.readString(file())).isEqualTo(created.token() + "\n");
        assertThat(mode(file())).isEqualTo("rw-------");
        assertThat(mode(folder())).isEqualTo("rwx------");
        try (Stream<Path> all = Files.list(folder())) {
            assertThat(all).containsExactly(file());
        }
    }

    @Test
    void hasATokenOf256BitsThatIsNeverTheSame() throws IOException {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            tokens.add(TokenFile.create(file()).token());
        }

        assertThat(tokens).hasSize(20).allMatch(token -> token.matches("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void doesNotWriteThroughALinkThatSomebodyPutThere() throws IOException {
        Path victim = Files.writeString(temporary.resolve("victim"), "untouched");
        Files.createDirectory(folder());
        Files.createSymbolicLink(file(), victim);

        TokenFile created = TokenFile.create(file());

        assertThat(victim).hasContent("untouched");
        assertThat(file()).isRegularFile();
        assertThat(Files.isSymbolicLink(file())).isFalse();
        assertThat(mode(file())).isEqualTo("rw-------");
        assertThat(Files.readString(file())).contains(created.token());
    }

    @Test
    void refusesAFolderThatIsALink() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(folder(), elsewhere);

        assertThatThrownBy(() -> TokenFile.create(file())).isInstanceOf(IOException.class)
                .hasMessageContaining("must be a folder");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesAFolderThatOthersCanWriteTo() throws IOException {
        Files.setPosixFilePermissions(Files.createDirectory(folder()),
                PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> TokenFile.create(file())).isInstanceOf(IOException.class)
                .hasMessageContaining("must be writable by its owner alone (is rwxrwxrwx)");
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void refusesAFolderOfSomebodyElse() throws IOException {
        Path theirs = Files.createDirectory(folder());
        if (Integer.valueOf(0).equals(Files.getAttribute(theirs, "unix:uid"))) {
            Files.setAttribute(theirs, "unix:uid", 12345);
        } else {
            // Only root can give a folder away; for anybody else that of root will do.
            theirs = Path.of("/");
        }
        Path file = theirs.resolve("admin-1.token");

        assertThatThrownBy(() -> TokenFile.create(file)).isInstanceOf(IOException.class);
        assertThat(file).doesNotExist();
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void removesItsFileButNotThatOfAnother() throws IOException {
        TokenFile first = TokenFile.create(file());
        TokenFile second = TokenFile.create(file());

        first.close();
        assertThat(file()).exists();
        second.close();
        assertThat(file()).doesNotExist();
        second.close();
    }

    @Test
    void neverShowsTheTokenInItsText() throws IOException {
        TokenFile created = TokenFile.create(file());

        assertThat(created.toString()).doesNotContain(created.token());
    }
}

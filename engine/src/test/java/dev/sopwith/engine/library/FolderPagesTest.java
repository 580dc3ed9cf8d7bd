package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The pages about findings of a folder show the very messages that people will see. */
@Timeout(60)
final class FolderPagesTest {
    private static final int MIB = 1024 * 1024;

    @TempDir Path temp;
    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void of_one_folder() {
        sop().write("SOP.toml", "x")
                .write("deploy.sh", "x")
                .shell("touch \"$(printf 'deploy\\n.sh')\"");
        disk.refuse(sop().at("deploy.sh"));
        assertShown(folderProblems(), 2);
        sop().delete("deploy.sh").link("deploy.sh", "../deploy.sh");
        assertShown(folderProblems(), 2);
        disk.refuse(sop().root());
        assertShown(folderProblems(), 1);
    }

    @Test
    void of_a_folder_that_is_too_large() {
        sop().writeSparse("image.tar", 6L * MIB).writeSparse("dump.sql", 6L * MIB - 1);
        assertShown(folderProblems(), 1);
    }

    @Test
    void of_a_folder_that_never_holds_still() {
        var edits = new AtomicInteger();
        sop().write("log", "x");
        disk.afterRead(_ -> sop().write("log", "x".repeat(edits.incrementAndGet())));
        assertShown(folderProblems(), 1);
    }

    @Test
    void of_two_folders_with_one_name() {
        for (var folder : List.of("deploy-prod", "deploy-prod-old")) {
            new Folders(temp)
                    .write(
                            folder + "/SOP.toml",
                            """
                            [sop]
                            name = "deploy-prod"
                            description = "Deploy"

                            [[triggers]]
                            type = "manual"
                            """)
                    .write(folder + "/SOP.md", "## Steps\n\n1. **Look** — look.\n");
        }
        var clock = InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));
        var problems = SopSet.load(temp, "sops", clock).diagnostics();
        assertShown(List.of(problems.getFirst()), 1);
    }

    private static void assertShown(List<Diagnostic> problems, int expected) {
        assertThat(problems).hasSize(expected);
        for (var problem : problems) {
            assertThat(problem.code().page()).contains("\n" + problem + "\n```");
        }
    }

    private Folders sop() {
        return new Folders(temp.resolve("deploy-prod")).makeFolder("");
    }

    private List<Diagnostic> folderProblems() {
        var folder = new SopFolder(disk, temp.resolve("deploy-prod"), "sops/deploy-prod");
        return folder.list().flatMap(folder::read).orElseThrow().problems();
    }
}

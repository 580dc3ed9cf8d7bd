package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.joining;

import dev.sopwith.engine.library.SopSet.Broken;
import dev.sopwith.engine.library.SopSet.Loaded;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

@Timeout(60)
final class SopSetTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir Path temp;
    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void good_and_broken_sops_are_both_listed() {
        sops().sop("b-folder", "deploy")
                .write("a-folder/SOP.toml", "error=no quote")
                .write("c-folder/SOP.toml", "name=warned\nwarn=no description");
        var set = load();
        assertThat(set.entries().keySet()).containsExactly("a-folder", "b-folder", "c-folder");
        assertThat(set.runnable().stream().map(it -> it.sop().name()))
                .containsExactly("deploy", "warned");
        assertThat(set.find("deploy").map(Loaded::folder)).contains("b-folder");
        assertThat(set.find("Deploy")).isEmpty();
        assertThat(set.find("b-folder")).isEmpty();
        assertThat(set.broken().stream().map(Broken::folder)).containsExactly("a-folder");
        assertThat(set.problem()).isEmpty();
        assertThat(said(set))
                .isEqualTo(
                        """
                        sops/a-folder/SOP.toml:1:1: error: no quote [toml-syntax]
                        sops/a-folder/SOP.toml:1:1: error: no name [toml-syntax]
                        sops/c-folder/SOP.toml:1:1: warning: no description [description-empty]\
                        """);
    }

    @Test
    void what_is_no_sop_is_left_alone() {
        sops().sop("deploy", "deploy")
                .write("README.md", "x")
                .write(".git/SOP.toml", "name=hidden")
                .write(".gitignore", "x")
                .makeFolder("empty/inside")
                .write("only-droppings/.SOP.md.swp", "x")
                .write("notes~", "x")
                .link(".#README.md", "me@host.1")
                .shell("mkfifo pipe");
        assertThat(load().entries().keySet()).containsExactly("deploy");
        assertThat(load().diagnostics()).isEmpty();
    }

    @Test
    void a_folder_with_anything_in_it_is_a_sop_that_lacks_its_file() {
        sops().write("half/SOP.md", "x").write("deep/lib/a.sh", "x");
        assertThat(said(load()))
                .isEqualTo(
                        """
                        sops/deep/SOP.toml:1:1: error: no SOP.toml [file-missing]
                        sops/half/SOP.toml:1:1: error: no SOP.toml [file-missing]\
                        """);
    }

    @Test
    void a_broken_sop_keeps_the_files_its_findings_are_about() {
        sops().write("judged/SOP.toml", "error=e")
                .sop("same-1", "deploy")
                .sop("same-2", "deploy")
                .write("linked/SOP.md", "x")
                .link("linked/SOP.toml", "nowhere");
        assertThat(load().broken())
                .allSatisfy(it -> assertThat(it.lastGood()).isEmpty())
                .extracting(it -> String.join(" ", it.files().files().keySet()))
                .containsExactly("SOP.toml", "SOP.md", "SOP.md SOP.toml", "SOP.md SOP.toml");
    }

    @Test
    void a_link_in_place_of_a_folder_is_broken() {
        new Folders(temp).write("elsewhere/SOP.toml", "name=a");
        sops().makeFolder("").link("deploy", "../elsewhere");
        assertThat(said(load()))
                .isEqualTo(
                        "sops/deploy:1:1: error: sops/deploy is a symbolic link, and links are not"
                                + " followed; put a copy of what it leads to in its place"
                                + " [file-is-link]");
    }

    @Test
    void one_name_in_several_folders_is_an_error_in_all_of_them() {
        sops().sop("a", "deploy").sop("b", "deploy").sop("c", "deploy").sop("d", "other");
        var set = load();
        assertThat(said(set))
                .isEqualTo(
                        """
                        sops/a/SOP.toml:1:1: error: the name 'deploy' is also used by sops/b, sops/c; give every SOP a name of its own [name-duplicate]
                        sops/b/SOP.toml:1:1: error: the name 'deploy' is also used by sops/a, sops/c; give every SOP a name of its own [name-duplicate]
                        sops/c/SOP.toml:1:1: error: the name 'deploy' is also used by sops/a, sops/b; give every SOP a name of its own [name-duplicate]\
                        """);
        assertThat(set.find("deploy")).isEmpty();
        assertThat(set.find("other")).isPresent();
        assertThat(set.broken()).allMatch(it -> it.name().orElse("").equals("deploy"));
    }

    @Test
    void findings_about_the_folder_and_about_what_is_written_come_together() {
        sops().write("deploy/SOP.toml", "name=deploy\nwarn=w").link("deploy/lib", "nowhere");
        var set = load();
        assertThat(set.diagnostics().stream().map(it -> it.code().id()))
                .containsExactly("description-empty", "file-is-link");
        assertThat(set.broken().getFirst().name()).contains("deploy");
    }

    @Test
    void a_file_that_cannot_be_read_is_not_called_missing() {
        sops().write("a/SOP.md", "x").link("a/SOP.toml", "nowhere");
        sops().sop("b", "b");
        disk.refuse(sops().at("b/SOP.toml"));
        assertThat(load().diagnostics().stream().map(it -> it.code().id()))
                .containsExactly("file-is-link", "file-unreadable");
    }

    @Test
    void a_second_check_can_break_a_sop() {
        sops().sop("deploy", "deploy").sop("other", "other").write("deploy/key.pem", "x");
        SopCheck check =
                (files, shown) ->
                        files.file("key.pem").stream()
                                .map(_ -> finding(shown + "/key.pem", "a private key"))
                                .toList();
        var set = SopSet.none("sops").followedBy(folder(check).look());
        assertThat(said(set))
                .isEqualTo("sops/deploy/key.pem:1:1: error: a private key [token-in-file]");
        assertThat(set.find("other")).isPresent();
    }

    @Test
    void a_fault_in_the_reader_breaks_one_sop_and_is_not_hidden() {
        sops().sop("good", "good").write("odd/SOP.toml", "crash=boom");
        var set = load();
        assertThat(set.find("good")).isPresent();
        assertThat(said(set))
                .isEqualTo(
                        "sops/odd/SOP.toml:1:1: error: sops/odd cannot be checked because of a"
                                + " fault in Sopwith: IllegalStateException; report it with the log"
                                + " and this folder; it stays broken until it is changed"
                                + " [file-unreadable]");
    }

    @Test
    void a_folder_name_that_is_not_text_is_a_finding() {
        sops().makeFolder("")
                .shell("d=$(printf 'a\\nb'); mkdir \"$d\"; echo name=a > \"$d/SOP.toml\"");
        sops().shell("touch \"$(printf 'file\\nbeside')\"");
        assertThat(load().diagnostics())
                .singleElement()
                .asString()
                .startsWith("sops/a%0Ab:1:1: error: the name a%0Ab has control characters");
    }

    @Test
    void a_missing_folder_is_a_problem_and_no_exception() {
        assertThat(said(load()))
                .isEqualTo(
                        "sops:1:1: error: sops cannot be read: it does not exist; create it, or"
                                + " name the folder of your SOPs: sops_dir in the roster, --sops-dir for a"
                                + " command [folder-unreadable]");
        assertThat(load().problem()).isPresent();
    }

    @Test
    void a_file_in_place_of_the_folder_is_a_problem() {
        new Folders(temp).write("sops", "x");
        assertThat(said(load()))
                .startsWith("sops:1:1: error: sops is a file, not a folder; ")
                .endsWith(" [folder-unreadable]");
    }

    @Test
    void a_link_in_place_of_the_folder_is_a_problem_however_it_is_written() {
        new Folders(temp).sop("real/a", "a").link("sops", "real");
        assertThat(said(load()))
                .isEqualTo(
                        "sops:1:1: error: sops is a symbolic link, and links are not followed; put"
                                + " the folder itself there, or name the folder of your SOPs:"
                                + " sops_dir in the roster, --sops-dir for a command"
                                + " [file-is-link]");
        assertThat(SopSet.load(temp.resolve("sops/."), "sops", CLOCK).problem()).isPresent();
    }

    @Test
    void a_circle_of_links_above_the_folder_is_a_problem() {
        new Folders(temp).link("x", "y").link("y", "x");
        var set = SopSet.load(temp.resolve("x/sops"), "sops", CLOCK);
        assertThat(said(set)).startsWith("sops:1:1: error: sops cannot be read: too many levels");
    }

    @Test
    void a_folder_without_rights_is_a_problem() {
        sops().sop("a", "a");
        disk.refuse(sops().root());
        assertThat(said(load()))
                .startsWith("sops:1:1: error: sops cannot be read: permission denied");
    }

    @Test
    void an_empty_folder_is_an_empty_set() {
        sops().makeFolder("");
        assertThat(load().entries()).isEmpty();
        assertThat(load().diagnostics()).isEmpty();
    }

    @Test
    void a_thousand_sops_are_read() {
        for (int i = 0; i < 1_000; i++) sops().sop("folder-" + i, "sop-" + i);
        var set = load();
        assertThat(set.runnable()).hasSize(1_000);
        assertThat(set.find("sop-777").orElseThrow().folder()).isEqualTo("folder-777");
    }

    @Test
    void there_is_an_end_to_what_is_held_in_memory() {
        for (int i = 10; i < 37; i++) {
            sops().sop("folder-" + i, "sop-" + i).writeSparse("folder-" + i + "/x", 10_480_000);
        }
        var set = load();
        assertThat(set.runnable()).hasSize(25);
        assertThat(said(set))
                .isEqualTo(
                        """
                        sops/folder-35:1:1: error: sops/folder-35 does not fit: with the SOPs before it there are more than 256 MiB; keep large files elsewhere [folder-too-large]
                        sops/folder-36:1:1: error: sops/folder-36 does not fit: with the SOPs before it there are more than 256 MiB; keep large files elsewhere [folder-too-large]\
                        """);
    }

    private Folders sops() {
        return new Folders(temp.resolve("sops"));
    }

    private SopSet load() {
        return SopSet.none("sops").followedBy(folder(SopCheck.NONE).look());
    }

    private SopsFolder folder(SopCheck check) {
        return new SopsFolder(temp.resolve("sops"), "sops", CLOCK, disk, PlainReader::read, check);
    }

    private static String said(SopSet set) {
        return set.diagnostics().stream().map(Diagnostic::toString).collect(joining("\n"));
    }

    private static Diagnostic finding(String file, String message) {
        return new Diagnostic(DiagnosticCode.TOKEN_IN_FILE, file, 1, 1, message, "");
    }
}

package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.SopFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

@Timeout(60) // a pipe that was opened would wait for ever
final class SopFolderTest {
    private static final int MIB = 1024 * 1024;

    @TempDir Path temp;
    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void all_regular_files_are_read_with_their_executable_bit() {
        sop().write("SOP.toml", "toml")
                .write("bin/check.sh", "true")
                .makeExecutable("bin/check.sh");
        var files = read().files();
        assertThat(files.files().keySet()).containsExactly("SOP.toml", "bin/check.sh");
        assertThat(files.file("SOP.toml").orElseThrow().executable()).isFalse();
        assertThat(files.file("bin/check.sh").orElseThrow().executable()).isTrue();
        assertThat(files.file("bin/check.sh").orElseThrow().content())
                .isEqualTo("true".getBytes(UTF_8));
        assertThat(problems()).isEmpty();
    }

    @Test
    void an_open_editor_neither_changes_nor_breaks_a_sop() {
        sop().write("SOP.md", "text").write("lib/a.sh", "true");
        var before = read().files().digest();
        sop().write("SOP.md~", "old")
                .write(".SOP.md.swp", "swap")
                .write("lib/4913", "")
                .write("lib/#a.sh#", "unsaved")
                .link(".#SOP.md", "me@host.4711:1700000000")
                .write(".DS_Store", "Finder");
        assertThat(problems()).isEmpty();
        assertThat(read().files().digest()).isEqualTo(before);
    }

    @Test
    void a_folder_is_no_dropping_whatever_its_name() {
        sop().write("old~/a", "x");
        assertThat(read().files().files().keySet()).containsExactly("old~/a");
    }

    @Test
    void links_are_named_and_not_followed() {
        new Folders(temp).write("outside/secret", "s");
        sop().write("SOP.toml", "x")
                .link("to-file", "SOP.toml")
                .link("to-folder", "../outside")
                .link("lib/dangling", "nowhere")
                .link("loop", "loop");
        assertThat(problems())
                .containsExactly(
                        link("lib/dangling"), link("loop"), link("to-file"), link("to-folder"));
        assertThat(read().files().files().keySet()).containsExactly("SOP.toml");
    }

    private static String link(String name) {
        return ("sops/deploy/%s:1:1: error: %s is a symbolic link, and links are not followed; "
                        + "put a copy of what it leads to in its place [file-is-link]")
                .formatted(name, name);
    }

    @Test
    void a_folder_that_is_a_link_is_not_read() {
        new Folders(temp).write("elsewhere/SOP.toml", "x").link("deploy", "elsewhere");
        assertThat(problems())
                .containsExactly(
                        "sops/deploy:1:1: error: sops/deploy is a symbolic link, and links are not"
                                + " followed; put a copy of what it leads to in its place"
                                + " [file-is-link]");
        assertThat(read().files().files()).isEmpty();
    }

    @Test
    void pipes_and_sockets_are_named_and_not_opened() throws IOException {
        sop().write("SOP.toml", "x").shell("mkfifo lib.pipe");
        var socket = Files.createTempDirectory("s"); // a socket's path must be short
        var address = UnixDomainSocketAddress.of(socket.resolve("s"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            Files.move(address.getPath(), sop().at("x.sock"));
            assertThat(problems())
                    .containsExactly(
                            "sops/deploy/lib.pipe:1:1: error: lib.pipe is a named pipe, not a"
                                    + " regular file; move it out of the folder [file-unreadable]",
                            "sops/deploy/x.sock:1:1: error: x.sock is a socket, not a regular"
                                    + " file; move it out of the folder [file-unreadable]");
        } finally {
            Files.delete(socket);
        }
    }

    @Test
    void files_and_folders_without_rights_are_named() {
        sop().write("SOP.toml", "x").write("key", "x").write("lib/a", "x");
        disk.refuse(sop().at("key"));
        disk.refuse(sop().at("lib"));
        assertThat(problems())
                .containsExactly(
                        "sops/deploy/key:1:1: error: key cannot be read: permission denied; let"
                                + " the user that runs Sopwith read it [file-unreadable]",
                        "sops/deploy/lib:1:1: error: lib cannot be read: permission denied; let"
                                + " the user that runs Sopwith read it [folder-unreadable]");
        disk.refuse(sop().root());
        assertThat(problems())
                .containsExactly(
                        "sops/deploy:1:1: error: sops/deploy cannot be read: permission denied; let"
                                + " the user that runs Sopwith read it [folder-unreadable]");
    }

    @Test
    void the_system_refuses_as_the_faulty_disk_does() throws Exception {
        sop().write("SOP.toml", "x").write("key", "x").write("lib/a", "x");
        sop().forbid("key").forbid("lib");
        boolean mayAll = Files.isReadable(sop().at("key"));
        assertThat(mayAll ? codesWithoutRights() : codes())
                .containsExactly("file-unreadable", "folder-unreadable");
        sop().shell("chmod 700 lib");
    }

    /** Root may read everything; a root whose capabilities for that are taken away may not. */
    private List<String> codesWithoutRights() throws Exception {
        var process =
                new ProcessBuilder(
                                "setpriv",
                                "--bounding-set=-dac_override,-dac_read_search",
                                "--inh-caps=-dac_override,-dac_read_search",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                WithoutRights.class.getName(),
                                temp.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        var codes = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertThat(process.waitFor()).isZero();
        return codes;
    }

    /** The program of that process: prints the codes of what the folder has. */
    static final class WithoutRights {
        private WithoutRights() {}

        public static void main(String[] args) {
            var test = new SopFolderTest();
            test.temp = Path.of(args[0]);
            test.codes().forEach(System.out::println);
        }
    }

    @Test
    void names_that_are_not_text_are_shown_byte_by_byte() {
        sop().write("SOP.toml", "x")
                .shell("touch \"$(printf 'caf\\351')\" \"$(printf 'two\\nlines')\"")
                .shell("touch \"$(printf 'exe\\342\\200\\256txt.sh')\"");
        assertThat(problems())
                .hasSize(3)
                .anyMatch(p -> p.startsWith("sops/deploy/caf%E9:1:1: error: the name caf%E9 has"))
                .anyMatch(p -> p.startsWith("sops/deploy/two%0Alines:1:1: error: "))
                .anyMatch(p -> p.startsWith("sops/deploy/exe%E2%80%AEtxt.sh:1:1: error: "))
                .allMatch(p -> p.endsWith("[file-name-unusable]"));
    }

    @Test
    void names_in_any_script_and_with_blanks_are_names_in_any_locale() {
        sop().write("a%20b", "x").shell("touch \"$(printf 'pr\\303\\274f \\346\\252\\224?.sh')\"");
        assertThat(read().files().files().keySet()).containsExactly("a%20b", "prüf 檔?.sh");
    }

    @Test
    void ten_mebibytes_are_read_and_not_one_byte_more() {
        sop().writeSparse("a", SopFiles.BYTES_MAX - 1).write("b", "x");
        assertThat(read().files().totalBytes()).isEqualTo(SopFiles.BYTES_MAX);
        disk.reads();
        sop().write("b", "xy");
        assertThat(problems())
                .containsExactly(
                        "sops/deploy:1:1: error: sops/deploy holds 10.1 MiB, the largest file is a"
                                + " with 10 MiB; keep a SOP's folder within 10 MiB"
                                + " [folder-too-large]");
        assertThat(disk.reads()).isZero();
    }

    @Test
    void a_file_larger_than_a_whole_sop_is_named_and_nothing_is_read() {
        sop().write("SOP.toml", "x").writeSparse("image", 1_000L * MIB).link("l", "x");
        assertThat(problems())
                .containsExactly(
                        "sops/deploy/image:1:1: error: image has 1000 MiB, more than all files of a"
                                + " SOP together may have; keep it elsewhere, and the whole folder"
                                + " within 10 MiB [file-too-large]",
                        link("l"));
        assertThat(disk.reads()).isZero();
    }

    @Test
    void a_thousand_files_are_read_and_not_one_more() {
        sop().shell("mkdir lib; for i in $(seq 1000); do : > lib/$i; done");
        assertThat(read().files().files()).hasSize(SopFiles.FILES_MAX);
        sop().write("SOP.toml", "x");
        assertThat(problems())
                .containsExactly(
                        "sops/deploy:1:1: error: sops/deploy holds more than 1000 files; keep only"
                                + " what the steps need beside SOP.toml [folder-too-large]");
        assertThat(read().files().files()).isEmpty();
    }

    @Test
    void even_what_is_skipped_is_not_looked_at_without_end() {
        sop().shell("i=0; while [ $i -le 10000 ]; do echo $i~; i=$((i+1)); done | xargs touch");
        assertThat(codes()).containsExactly("folder-too-large");
    }

    @Test
    void folders_are_read_sixteen_deep_and_not_deeper() {
        sop().write("d/".repeat(16) + "file", "x");
        assertThat(read().files().files()).hasSize(1);
        sop().makeFolder("d/".repeat(17));
        assertThat(problems())
                .singleElement()
                .asString()
                .endsWith(
                        "d is the 17th folder inside one another; keep folders at most 16 deep"
                                + " [folder-too-large]");
    }

    @Test
    void all_problems_are_told_at_once() {
        sop().link("a", "x").shell("mkfifo b").write("c", "x").shell("touch \"$(printf 'd\\nd')\"");
        disk.refuse(sop().at("c"));
        assertThat(codes())
                .containsExactly(
                        "file-is-link", "file-unreadable", "file-unreadable", "file-name-unusable");
    }

    @Test
    void a_file_replaced_while_another_is_read_belongs_to_the_next_picture() {
        sop().write("SOP.md", "old").write("SOP.toml", "old");
        once(_ -> sop().saveByRename("SOP.md", "new").saveByRename("SOP.toml", "new"));
        assertThat(text("SOP.md")).isEqualTo("new");
        assertThat(text("SOP.toml")).isEqualTo("new");
    }

    @Test
    void a_file_that_grows_shrinks_or_goes_while_it_is_read_is_read_again() {
        sop().write("a", "1").write("b", "2222").write("c", "3");
        once(_ -> sop().write("a", "1 and more").write("b", "2").delete("c").write("d", "4"));
        assertThat(text("a")).isEqualTo("1 and more");
        assertThat(text("b")).isEqualTo("2");
        assertThat(picture().orElseThrow().files().files().keySet()).containsExactly("a", "b", "d");
    }

    @Test
    void a_file_swapped_for_a_link_while_it_is_read_is_not_followed() {
        new Folders(temp).write("secret", "s");
        sop().write("a", "1");
        disk.beforeRead(_ -> sop().delete("a").shell("ln -sf ../secret a"));
        assertThat(problems()).containsExactly(link("a"));
        assertThat(read().files().files()).isEmpty();
    }

    @Test
    void a_folder_that_never_holds_still_is_a_finding() {
        var edits = new AtomicInteger();
        sop().write("SOP.toml", "x").write("log", "x");
        disk.afterRead(_ -> sop().write("log", "x".repeat(edits.incrementAndGet())));
        assertThat(problems())
                .containsExactly(
                        "sops/deploy/log:1:1: error: log changed each of 3 times it was read; let"
                                + " what writes there finish, or have it write elsewhere"
                                + " [file-changed-while-read]");
    }

    @Test
    void a_folder_that_is_gone_is_no_finding() {
        assertThat(folder().list()).isEmpty();
        new Folders(temp).write("deploy", "a file now");
        assertThat(folder().list()).isEmpty();
        new Folders(temp).delete("deploy");
        sop().write("a", "1");
        disk.beforeRead(_ -> new Folders(temp).delete("deploy"));
        assertThat(picture()).isEmpty();
    }

    private Folders sop() {
        return new Folders(temp.resolve("deploy")).makeFolder("");
    }

    private void once(Consumer<Path> edit) {
        disk.afterRead(
                path -> {
                    disk.afterRead(_ -> {});
                    edit.accept(path);
                });
    }

    private SopFolder folder() {
        return new SopFolder(disk, temp.resolve("deploy"), "sops/deploy");
    }

    private Optional<SopFolder.Picture> picture() {
        return folder().list().flatMap(folder()::read);
    }

    private SopFolder.Picture read() {
        return picture().orElseThrow();
    }

    private String text(String file) {
        return new String(read().files().file(file).orElseThrow().content(), UTF_8);
    }

    private List<String> problems() {
        return read().problems().stream().map(Diagnostic::toString).toList();
    }

    private List<String> codes() {
        return read().problems().stream().map(problem -> problem.code().id()).toList();
    }
}

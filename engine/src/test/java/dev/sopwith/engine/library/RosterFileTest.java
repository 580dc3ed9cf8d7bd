package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;

import dev.sopwith.engine.library.RosterFile.Event;
import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The roster on a real disk: who may write it, and what happens when it changes. */
class RosterFileTest {
    private static final String GOOD = "groups: {a: []}\n";
    private static final String OTHER = "groups: {b: []}\n";
    private static final String BROKEN = "grups: {b: []}\n";

    @TempDir private Path temporary;
    private Path folder;
    private Path file;
    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    @BeforeEach
    void begin() throws IOException {
        folder = Files.createDirectory(temporary.resolve("etc"));
        mode(folder, "rwxr-xr-x");
        file = folder.resolve("roster.yaml");
        write(GOOD);
    }

    private static void mode(Path path, String rights) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    /** As editors do: at once, and with rights of its own. */
    private void write(String text) throws IOException {
        var draft = Files.writeString(temporary.resolve("draft"), text);
        mode(draft, "rw-r--r--");
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private RosterFile open() throws RosterFile.Unusable {
        var roster = RosterFile.open(file, "roster.yaml");
        roster.listen(heard::add);
        return roster;
    }

    private List<String> findings() {
        return RosterFile.read(file, "roster.yaml").diagnostics().stream()
                .map(Diagnostic::toString)
                .toList();
    }

    @Test
    void a_file_that_only_its_owner_may_write_is_read() {
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rw-rw-r--", "rw-r--rw-", "rw-rw-rw-"})
    void a_file_that_others_may_write_is_refused(String rights) throws IOException {
        mode(file, rights);

        assertThat(findings())
                .containsExactly(
                        "roster.yaml:1:1: error: roster.yaml can be changed by others (%s); chmod go-w roster.yaml [file-unsafe]"
                                .formatted(rights));
        assertThatThrownBy(this::open).isInstanceOf(RosterFile.Unusable.class);
    }

    @Test
    void a_folder_above_that_others_may_write_is_refused() throws IOException {
        mode(folder, "rwxrwxrwx");

        assertThat(findings()).singleElement().asString().contains("can be changed by others");
    }

    @Test
    void a_link_is_not_followed_wherever_it_stands() throws IOException {
        var link = Files.createSymbolicLink(temporary.resolve("link.yaml"), file);
        var above = Files.createSymbolicLink(temporary.resolve("linked"), folder);

        assertThat(RosterFile.read(link, "l").diagnostics())
                .extracting(it -> it.code().id())
                .containsExactly("file-is-link");
        assertThat(RosterFile.read(above.resolve("roster.yaml"), "l").diagnostics())
                .extracting(it -> it.code().id())
                .containsExactly("file-is-link");
    }

    @Test
    void a_file_of_another_user_is_refused() throws IOException {
        long me = new UnixSystem().getUid();
        long service = me;
        if (me == 0) Files.setAttribute(file, "unix:uid", 65534);
        else service = me + 1; // only root can give files away, so the service is somebody else

        assertThat(new FileSafety(service).check(file, "roster.yaml"))
                .anyMatch(it -> it.toString().contains("roster.yaml belongs to the user"))
                .allMatch(it -> it.code().id().equals("file-unsafe"));
    }

    @Test
    void a_sop_that_others_may_write_is_found() throws IOException {
        var sops = Files.createDirectory(folder.resolve("sops"));
        var sop = Files.createDirectory(sops.resolve("deploy"));
        mode(sops, "rwxr-xr-x");
        mode(sop, "rwxr-xr-x");
        mode(Files.writeString(sop.resolve("SOP.md"), ""), "rw-rw-rw-");

        assertThat(FileSafety.ofProcess().checkFolder(sops, "sops"))
                .extracting(Diagnostic::message)
                .containsExactly("sops/deploy/SOP.md can be changed by others (rw-rw-rw-)");
    }

    @Test
    void no_file_is_a_finding() throws IOException {
        Files.delete(file);

        assertThat(findings()).singleElement().asString().contains("there is no roster.yaml");
    }

    @Test
    void a_broken_version_keeps_the_last_good_one_and_is_told_once() throws Exception {
        var roster = open();
        write(BROKEN);
        roster.refresh();
        roster.refresh();

        assertThat(heard).singleElement().isInstanceOf(Event.Broke.class);
        assertThat(roster.current().groups()).containsOnlyKeys("a");

        write(GOOD);
        roster.refresh();
        assertThat(heard).last().isInstanceOf(Event.Recovered.class);
        roster.close();
    }

    @Test
    void a_file_that_others_may_write_from_now_on_changes_nothing() throws Exception {
        var roster = open();
        write(OTHER);
        mode(file, "rw-rw-rw-");
        roster.refresh();

        assertThat(heard).singleElement().isInstanceOf(Event.Broke.class);
        assertThat(roster.current().groups()).containsOnlyKeys("a");
        roster.close();
    }

    @Test
    void a_file_that_goes_away_takes_no_rule_with_it() throws Exception {
        var roster = open();
        Files.delete(file);
        roster.refresh();

        assertThat(heard).singleElement().isInstanceOf(Event.Broke.class);
        assertThat(roster.current().groups()).containsOnlyKeys("a");
        roster.close();
    }

    @Test
    void a_change_is_heard_without_being_asked_for() throws Exception {
        try (var roster = open()) {
            roster.watch(Duration.ofMillis(200));
            write(OTHER);

            var event = heard.poll(60, TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(Event.Changed.class);
            assertThat(((Event.Changed) event).before().groups()).containsOnlyKeys("a");
            assertThat(roster.current().groups()).containsOnlyKeys("b");
        }
    }
}

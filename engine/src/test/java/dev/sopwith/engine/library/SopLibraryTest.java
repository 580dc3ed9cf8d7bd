package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.library.SopEvent.Added;
import dev.sopwith.engine.library.SopEvent.Broke;
import dev.sopwith.engine.library.SopEvent.Changed;
import dev.sopwith.engine.library.SopEvent.Lost;
import dev.sopwith.engine.library.SopEvent.Recovered;
import dev.sopwith.engine.library.SopEvent.Regained;
import dev.sopwith.engine.library.SopEvent.Removed;
import dev.sopwith.engine.library.SopSet.Entry;
import dev.sopwith.engine.library.SopSet.Loaded;
import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

@Timeout(60)
final class SopLibraryTest {
    private static final Duration TOMORROW = Duration.ofDays(1);

    @TempDir Path temp;
    private final FaultyDisk disk = new FaultyDisk();
    private final LogCapture log = new LogCapture(SopLibrary.class);

    /** A day ahead: everything on disk is old, so one reading is enough. */
    private final SettableClock clock = new SettableClock(Instant.now().plus(TOMORROW));

    private Folders sops;

    @BeforeEach
    void makeFolder() {
        sops = new Folders(temp.resolve("sops")).makeFolder("");
    }

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @Test
    void what_is_there_at_first_is_no_event() {
        sops.sop("a", "deploy").write("b/SOP.toml", "error=e");
        var library = open();
        assertThat(library.current().find("deploy")).isPresent();
        assertThat(library.refresh()).isEmpty();
    }

    @Test
    void every_kind_of_change_is_one_event() {
        var library = open();
        sops.sop("a", "deploy");
        assertThat(told(library)).containsExactly("added a");
        sops.write("a/SOP.md", "another text");
        assertThat(told(library)).containsExactly("changed a");
        sops.write("a/SOP.toml", "error=e");
        assertThat(told(library)).containsExactly("broke a: e, no name; deploy goes on");
        sops.sop("a", "deploy");
        assertThat(told(library)).containsExactly("recovered a, until now deploy");
        sops.delete("a");
        assertThat(told(library)).containsExactly("removed a");
        sops.write("b/SOP.toml", "error=e");
        assertThat(told(library)).containsExactly("broke b: e, no name");
        sops.sop("b", "test");
        assertThat(told(library)).containsExactly("recovered b");
        assertThat(library.refresh()).isEmpty();
    }

    @Test
    void a_change_names_both_digests() {
        sops.sop("a", "deploy");
        var library = open();
        var old = digest(library, "deploy");
        sops.write("a/helper.sh", "true");
        var event = (Changed) library.refresh().getFirst();
        assertThat(event.before().digest()).isEqualTo(old);
        assertThat(event.now().digest()).isEqualTo(digest(library, "deploy")).isNotEqualTo(old);
    }

    @Test
    void helpers_in_sub_folders_and_executable_bits_are_part_of_a_sop() {
        sops.sop("a", "deploy").write("a/lib/helper.sh", "true");
        var library = open();
        sops.makeExecutable("a/lib/helper.sh");
        assertThat(told(library)).containsExactly("changed a");
        sops.write("a/lib/helper.sh", "false");
        assertThat(told(library)).containsExactly("changed a");
    }

    @Test
    void a_broken_version_keeps_the_last_good_one_and_says_so_once() {
        sops.sop("a", "deploy");
        var library = open();
        var good = digest(library, "deploy");
        sops.write("a/SOP.toml", "error=one");
        assertThat(told(library)).containsExactly("broke a: one, no name; deploy goes on");
        assertThat(digest(library, "deploy")).isEqualTo(good);
        assertThat(library.current().broken().getFirst().name()).contains("deploy");
        assertThat(library.refresh()).isEmpty();
        sops.write("a/notes", "still broken in the same way");
        assertThat(library.refresh()).isEmpty();
        sops.write("a/SOP.toml", "error=two");
        assertThat(told(library)).containsExactly("broke a: two, no name; deploy goes on");
        assertThat(digest(library, "deploy")).isEqualTo(good);
    }

    @Test
    void a_broken_sop_does_not_run_after_a_restart() {
        sops.sop("a", "deploy");
        var library = open();
        sops.write("a/SOP.toml", "error=e");
        library.refresh();
        assertThat(open().current().find("deploy")).isEmpty();
    }

    @Test
    void a_file_that_was_only_touched_is_no_change() throws IOException {
        sops.sop("a", "deploy");
        var library = open();
        var before = library.current().find("deploy").orElseThrow();
        Files.setLastModifiedTime(sops.at("a/SOP.md"), FileTime.from(Instant.EPOCH));
        assertThat(library.refresh()).isEmpty();
        sops.saveByRename("a/SOP.md", "x\n");
        assertThat(library.refresh()).isEmpty();
        assertThat(library.current().find("deploy").orElseThrow()).isSameAs(before);
    }

    @Test
    void a_file_saved_by_renaming_is_one_change() {
        sops.sop("a", "deploy");
        var library = open();
        sops.saveByRename("a/SOP.md", "y\n");
        assertThat(told(library)).containsExactly("changed a");
    }

    @Test
    void only_what_was_touched_is_read() {
        sops.sop("a", "a").sop("b", "b").sop("c", "c");
        var library = open();
        assertThat(disk.reads()).isEqualTo(6);
        library.refresh();
        assertThat(disk.reads()).isZero();
        sops.write("b/SOP.md", "changed");
        library.refresh();
        assertThat(disk.reads()).isEqualTo(2);
        sops.write("a/.SOP.md.swp", "an editor was opened");
        library.refresh();
        assertThat(disk.reads()).isZero();
    }

    @Test
    void an_edit_that_keeps_size_and_modification_time_is_seen() throws IOException {
        sops.sop("a", "deploy");
        var library = open();
        var file = sops.at("a/SOP.md");
        var modified = Files.getLastModifiedTime(file);
        sops.write("a/SOP.md", "y\n");
        Files.setLastModifiedTime(file, modified);
        assertThat(told(library)).containsExactly("changed a");
    }

    @Test
    void an_edit_within_one_tick_of_the_disks_clock_is_seen_two_seconds_later() {
        var tick = Instant.parse("2026-05-01T12:00:00Z");
        disk.stopClockAt(FileTime.from(tick));
        clock.set(tick.plusMillis(500));
        sops.sop("a", "deploy");
        var library = open();
        disk.reads();
        sops.write("a/SOP.md", "y\n");
        assertThat(library.refresh()).as("nothing shows yet").isEmpty();
        clock.advance(SopsFolder.SETTLING);
        assertThat(told(library)).containsExactly("changed a");
        assertThat(disk.reads()).isEqualTo(2);
        clock.advance(SopsFolder.SETTLING);
        library.refresh();
        assertThat(disk.reads()).as("once is enough").isZero();
    }

    @Test
    void a_time_stamp_in_the_future_costs_one_more_reading_and_not_one_at_every_look() {
        disk.stopClockAt(FileTime.from(clock.instant().plus(TOMORROW)));
        sops.sop("a", "deploy");
        var library = open();
        for (int i = 0; i < 5; i++) {
            clock.advance(SopsFolder.SETTLING);
            library.refresh();
        }
        assertThat(disk.reads()).isEqualTo(4);
    }

    @Test
    void a_disk_that_fails_is_asked_again_although_nothing_was_touched() {
        sops.sop("a", "deploy");
        var library = open();
        sops.write("a/SOP.md", "y");
        disk.refuse(sops.at("a/SOP.md"));
        assertThat(told(library))
                .containsExactly(
                        "broke a: SOP.md cannot be read: permission denied; deploy goes on");
        assertThat(library.refresh()).isEmpty();
        disk.allow(sops.at("a/SOP.md"));
        assertThat(told(library)).containsExactly("recovered a, until now deploy");
    }

    @Test
    void a_name_used_twice_does_not_stop_the_one_that_runs() {
        sops.sop("a", "deploy");
        var library = open();
        var first = digest(library, "deploy");
        sops.sop("b", "deploy").write("b/helper.sh", "true");
        assertThat(told(library))
                .containsExactly(
                        "broke a: the name 'deploy' is also used by sops/b; deploy goes on",
                        "broke b: the name 'deploy' is also used by sops/a");
        assertThat(digest(library, "deploy")).isEqualTo(first);
        assertThat(library.refresh()).isEmpty();
        sops.delete("b");
        assertThat(told(library)).containsExactly("removed b", "recovered a, until now deploy");
    }

    @Test
    void a_name_that_a_last_good_version_runs_under_is_taken() {
        sops.sop("a", "deploy").sop("b", "other");
        var library = open();
        sops.write("a/SOP.toml", "error=e").sop("b", "deploy");
        assertThat(told(library))
                .containsExactly(
                        "broke a: e, no name; deploy goes on",
                        "broke b: the name 'deploy' is also that of the last good version of"
                                + " sops/a, which still runs; other goes on");
        sops.sop("a", "third");
        assertThat(told(library))
                .containsExactly("recovered a, until now deploy", "recovered b, until now other");
        assertThat(library.current().runnable().stream().map(it -> it.sop().name()))
                .containsExactly("deploy", "third");
    }

    @Test
    void a_taken_name_can_make_others_wait() {
        sops.sop("a", "one").sop("b", "two").sop("c", "three");
        var library = open();
        sops.write("a/SOP.toml", "error=e").sop("b", "one").sop("c", "two");
        library.refresh();
        assertThat(library.current().broken()).hasSize(3);
        assertThat(library.current().find("two").orElseThrow().folder()).isEqualTo("b");
        sops.delete("a");
        assertThat(told(library))
                .containsExactly(
                        "removed a", "recovered b, until now two", "recovered c, until now three");
    }

    @Test
    void two_sops_may_swap_names() {
        sops.sop("a", "one").sop("b", "two");
        var library = open();
        sops.sop("a", "two").sop("b", "one");
        assertThat(told(library)).containsExactly("changed a", "changed b");
        assertThat(library.current().find("one").orElseThrow().folder()).isEqualTo("b");
    }

    @Test
    void a_renamed_folder_is_removed_before_it_is_added() {
        sops.sop("z", "deploy");
        var library = open();
        sops.move("z", "a");
        assertThat(told(library)).containsExactly("removed z", "added a");
        assertThat(library.current().find("deploy")).isPresent();
    }

    @Test
    void a_folder_that_was_emptied_hidden_or_became_a_file_is_removed() {
        sops.sop("a", "a").sop("b", "b").sop("c", "c").sop("d", "d");
        var library = open();
        sops.delete("a").makeFolder("a").move("b", ".b").delete("c").write("c", "file");
        assertThat(told(library)).containsExactly("removed a", "removed b", "removed c");
    }

    @Test
    void a_vanished_folder_of_all_sops_stops_nothing() {
        sops.sop("a", "deploy");
        var library = open();
        new Folders(temp).move("sops", "elsewhere");
        assertThat(told(library)).containsExactly("lost: sops cannot be read: it does not exist");
        assertThat(library.current().find("deploy")).isPresent();
        assertThat(library.current().diagnostics()).hasSize(1);
        assertThat(library.refresh()).isEmpty();
        new Folders(temp).move("elsewhere", "sops");
        disk.reads();
        assertThat(told(library)).containsExactly("regained");
        assertThat(library.current().diagnostics()).isEmpty();
        assertThat(disk.reads()).isZero();
    }

    @Test
    void a_folder_of_all_sops_that_vanishes_while_it_is_read_stops_nothing() {
        sops.sop("a", "deploy").sop("b", "other");
        var library = open();
        sops.write("a/SOP.md", "edited");
        disk.beforeRead(
                _ -> {
                    disk.beforeRead(_ -> {});
                    new Folders(temp).move("sops", "elsewhere");
                });
        assertThat(told(library)).containsExactly("lost: sops cannot be read: it does not exist");
        assertThat(library.current().find("deploy")).isPresent();
        new Folders(temp).move("elsewhere", "sops");
        assertThat(told(library)).containsExactly("regained", "changed a");
    }

    @Test
    void a_folder_of_all_sops_that_is_replaced_while_it_is_read_stops_nothing() {
        sops.sop("a", "deploy");
        new Folders(temp).makeFolder("other").sop("other/a", "deploy");
        var library = open();
        sops.write("a/SOP.md", "edited");
        disk.beforeRead(
                _ -> {
                    disk.beforeRead(_ -> {});
                    new Folders(temp).move("sops", "elsewhere").move("other", "sops");
                });
        assertThat(told(library)).containsExactly("lost: sops was replaced while it was read");
        assertThat(library.current().find("deploy")).isPresent();
        assertThat(told(library)).containsExactly("regained");
    }

    @Test
    void what_changed_while_the_folder_was_lost_is_told_when_it_is_back() {
        sops.sop("a", "a").sop("b", "b").sop("c", "c");
        var library = open();
        new Folders(temp).move("sops", "elsewhere");
        library.refresh();
        sops.sop("b", "b").sop("c", "c").write("c/helper", "x").sop("d", "d");
        assertThat(told(library)).containsExactly("regained", "removed a", "changed c", "added d");
    }

    @Test
    void an_empty_folder_in_place_of_the_folder_of_all_sops_stops_nothing() {
        sops.sop("a", "deploy");
        var library = open();
        new Folders(temp)
                .makeFolder("mount-point")
                .move("sops", "disk")
                .move("mount-point", "sops");
        assertThat(told(library))
                .containsExactly("lost: sops is empty and not the folder that was read before");
        assertThat(library.refresh()).isEmpty();
        assertThat(library.current().find("deploy")).isPresent();
        sops.sop("b", "other");
        assertThat(told(library)).containsExactly("regained", "removed a", "added b");
    }

    @Test
    void the_last_sop_can_be_removed() {
        sops.sop("a", "deploy");
        var library = open();
        sops.delete("a");
        assertThat(told(library)).containsExactly("removed a");
        assertThat(library.current().runnable()).isEmpty();
    }

    @Test
    void a_folder_of_all_sops_that_comes_late_is_read_then() {
        new Folders(temp).delete("sops");
        var library = open();
        assertThat(library.current().problem()).isPresent();
        assertThat(library.refresh()).isEmpty();
        sops.sop("a", "deploy");
        assertThat(told(library)).containsExactly("regained", "added a");
    }

    @Test
    void a_listener_that_fails_stops_nothing_and_is_logged() {
        var heard = new ArrayList<String>();
        var library =
                open(
                        event -> {
                            heard.add(text(event));
                            throw new IllegalStateException("listener");
                        });
        sops.sop("a", "a").sop("b", "b");
        library.refresh();
        assertThat(heard).containsExactly("added a", "added b");
        assertThat(library.current().runnable()).hasSize(2);
        assertThat(log.texts())
                .containsExactly("the listener failed at Added", "the listener failed at Added");
    }

    @Test
    void a_listener_sees_the_new_set_and_must_not_ask_for_another_look() {
        var seen = new ArrayList<Boolean>();
        var library = new ArrayList<SopLibrary>();
        library.add(
                open(
                        _ -> {
                            seen.add(library.getFirst().current().find("deploy").isPresent());
                            library.getFirst().refresh();
                        }));
        sops.sop("a", "deploy");
        library.getFirst().refresh();
        assertThat(seen).containsExactly(true);
        assertThat(log.texts()).containsExactly("the listener failed at Added");
    }

    @Test
    void readers_see_one_look_or_the_next_and_nothing_between() throws InterruptedException {
        write("0");
        var library = open();
        var done = new AtomicBoolean();
        var torn = new CopyOnWriteArrayList<String>();
        var reader =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        var set = library.current();
                                        var both = generation(set, "a") + generation(set, "b");
                                        if (both.charAt(0) != both.charAt(1)) torn.add(both);
                                    }
                                });
        for (int i = 1; i <= 200; i++) {
            write(String.valueOf(i % 10));
            library.refresh();
        }
        done.set(true);
        reader.join();
        assertThat(torn).isEmpty();
        assertThat(generation(library.current(), "a")).isEqualTo("0");
    }

    private void write(String generation) {
        for (var name : List.of("a", "b")) {
            sops.sop(name, name).saveByRename(name + "/SOP.md", generation);
        }
    }

    private static String generation(SopSet set, String name) {
        var file = set.find(name).orElseThrow().files().file("SOP.md").orElseThrow();
        return new String(file.content(), StandardCharsets.UTF_8);
    }

    private SopLibrary open() {
        return open(_ -> {});
    }

    private SopLibrary open(Consumer<SopEvent> listener) {
        var folder =
                new SopsFolder(sops.root(), "sops", clock, disk, PlainReader::read, SopCheck.NONE);
        return new SopLibrary(folder, "sops", listener);
    }

    private static String digest(SopLibrary library, String name) {
        return library.current().find(name).orElseThrow().digest();
    }

    private static List<String> told(SopLibrary library) {
        return library.refresh().stream().map(SopLibraryTest::text).toList();
    }

    private static String text(SopEvent event) {
        return switch (event) {
            case Added(var now) -> "added " + now.folder();
            case Changed(_, var now) -> "changed " + now.folder();
            case Broke(var now) -> "broke " + now.folder() + ": " + errors(now) + running(now);
            case Recovered(Optional<Loaded> lastGood, Loaded now) ->
                    "recovered "
                            + now.folder()
                            + lastGood.map(it -> ", until now " + it.sop().name()).orElse("");
            case Removed(var before) -> "removed " + before.folder();
            case Lost(var problem) -> "lost: " + problem.message();
            case Regained() -> "regained";
        };
    }

    private static String errors(Entry entry) {
        return String.join(", ", entry.diagnostics().stream().map(Diagnostic::message).toList());
    }

    private static String running(Entry entry) {
        return entry.runnable().map(it -> "; %s goes on".formatted(it.sop().name())).orElse("");
    }
}

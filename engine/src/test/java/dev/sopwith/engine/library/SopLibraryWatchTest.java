package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The thread that watches, with real time: every wait has an end and fails with what came. */
@Timeout(120)
final class SopLibraryWatchTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final int DEADLINE_SECS = 30;
    private static final int EVENTS_MAX = 100;

    @TempDir Path temp;
    private final FaultyDisk disk = new FaultyDisk();
    private final LinkedBlockingQueue<SopEvent> events = new LinkedBlockingQueue<>();

    private volatile Consumer<SopEvent> onEvent = events::add;
    private Folders sops;
    private SopLibrary library;

    @BeforeEach
    void open() {
        sops = new Folders(temp.resolve("sops")).sop("a", "deploy").write("a/lib/x.sh", "true");
        var folder =
                new SopsFolder(
                        sops.root(),
                        "sops",
                        InstantSource.system(),
                        disk,
                        PlainReader::read,
                        SopCheck.NONE);
        library = new SopLibrary(folder, "sops", event -> onEvent.accept(event));
    }

    @AfterEach
    void close() {
        library.close();
    }

    @Test
    void an_edit_is_heard_of_without_waiting_for_the_next_regular_look() {
        library.watch(NEVER);
        sops.write("a/SOP.md", "edited");
        await(SopEvent.Changed.class);
        sops.saveByRename("a/SOP.md", "edited again");
        await(SopEvent.Changed.class);
        sops.write("a/lib/x.sh", "false");
        await(SopEvent.Changed.class);
    }

    @Test
    void new_and_recreated_folders_are_watched_too() {
        library.watch(NEVER);
        sops.makeFolder("b").sop("b", "late");
        awaitGoodAgain();
        sops.write("b/lib/deep/y.sh", "true");
        await(SopEvent.Changed.class);
        sops.delete("b");
        await(SopEvent.Removed.class);
        sops.sop("b", "late");
        awaitGoodAgain();
        sops.write("b/SOP.md", "edited");
        await(SopEvent.Changed.class);
    }

    @Test
    void what_the_system_does_not_report_is_found_by_looking_regularly() {
        library.watch(OFTEN);
        disk.refuse(sops.at("a/SOP.md"));
        sops.write("a/SOP.md", "edited");
        await(SopEvent.Broke.class);
        disk.allow(sops.at("a/SOP.md"));
        await(SopEvent.Recovered.class);
    }

    @Test
    void the_folder_of_all_sops_may_vanish_and_come_back() {
        library.watch(OFTEN);
        new Folders(temp).move("sops", "elsewhere");
        await(SopEvent.Lost.class);
        assertThat(library.current().find("deploy")).isPresent();
        new Folders(temp).move("elsewhere", "sops");
        await(SopEvent.Regained.class);
        sops.write("a/SOP.md", "edited");
        await(SopEvent.Changed.class);
    }

    @Test
    void a_fault_in_one_look_does_not_end_the_watching() {
        try (var log = new LogCapture(SopLibrary.class)) {
            var failed = new CountDownLatch(1);
            disk.beforeRead(
                    _ -> {
                        failed.countDown();
                        throw new IllegalStateException("fault");
                    });
            library.watch(OFTEN);
            sops.write("a/SOP.md", "edited");
            await(failed);
            disk.beforeRead(_ -> {});
            await(SopEvent.Changed.class);
            assertThat(log.texts()).contains("a look at the SOPs failed, others follow");
        }
    }

    @Test
    void after_closing_nothing_is_heard() {
        library.watch(OFTEN);
        sops.write("a/SOP.md", "edited");
        await(SopEvent.Changed.class);
        library.close();
        library.close();
        sops.write("a/SOP.md", "edited after closing");
        assertThat(library.refresh()).as("nobody looked before").hasSize(1);
        assertThatThrownBy(() -> library.watch()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_look_that_is_under_way_is_waited_for() {
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        library.watch(OFTEN);
        disk.beforeRead(
                _ -> {
                    reading.countDown();
                    await(goOn);
                });
        sops.write("a/SOP.md", "edited");
        await(reading);
        var closing = Thread.ofVirtual().start(library::close);
        goOn.countDown();
        assertThat(join(closing)).isTrue();
        await(SopEvent.Changed.class);
    }

    @Test
    void a_listener_may_close() {
        var closed = new CountDownLatch(1);
        onEvent =
                _ -> {
                    library.close();
                    closed.countDown();
                };
        library.watch(OFTEN);
        sops.write("a/SOP.md", "edited");
        await(closed);
    }

    @Test
    void a_listener_may_close_whoever_looks() {
        library.watch(OFTEN);
        onEvent = _ -> library.close();
        sops.sop("b", "b");
        library.refresh();
        library.close();
    }

    @Test
    void it_is_watched_once() {
        library.watch(NEVER);
        assertThatThrownBy(() -> library.watch(NEVER)).isInstanceOf(IllegalStateException.class);
    }

    /** A look between its two files makes a new SOP broken first, and then recovered. */
    private void awaitGoodAgain() {
        await("a good SOP", it -> it instanceof SopEvent.Added || it instanceof SopEvent.Recovered);
    }

    private void await(Class<? extends SopEvent> kind) {
        await(kind.getSimpleName(), kind::isInstance);
    }

    /** Others may come before it: a look may fall between two writes of one edit. */
    private void await(String what, Predicate<SopEvent> wanted) {
        var heard = new ArrayList<String>();
        try {
            for (int i = 0; i < EVENTS_MAX; i++) {
                var event = events.poll(DEADLINE_SECS, TimeUnit.SECONDS);
                if (event == null) break;
                if (wanted.test(event)) return;
                heard.add(event.toString());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no " + what + " in " + heard);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE_SECS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean join(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(DEADLINE_SECS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

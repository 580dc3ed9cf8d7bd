package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.chat.ConnectorRegistry;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The whole service in this process, with a clock that a test sets, spoken to over its socket. */
final class RunningApp implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Path folder;
    private final App app;

    private RunningApp(Path folder, App app) {
        this.folder = folder;
        this.app = app;
    }

    /** Starts it over the SOPs and the state in this folder. */
    static RunningApp open(Path folder, Clocks clocks) throws Exception {
        return open(folder, clocks, Map.of());
    }

    /** The same with these kinds of connectors. */
    static RunningApp open(
            Path folder, Clocks clocks, Map<String, ConnectorRegistry.Factory> connectors)
            throws Exception {
        var sops = Files.createDirectories(folder.resolve("sops"));
        var settings =
                new App.Settings(
                        sops,
                        "sops",
                        folder.resolve("state"),
                        "alice",
                        Optional.empty(),
                        Optional.empty(),
                        Map.of());
        return new RunningApp(folder, App.open(settings, new Deaf(), clocks, connectors));
    }

    /** Writes a SOP that is started by hand, before it opens. */
    static void write(Path folder, String name, String manifest, String steps) throws IOException {
        var sop = Files.createDirectories(folder.resolve("sops").resolve(name));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                %s

                [[triggers]]
                type = "manual"
                """
                        .formatted(name, manifest));
        Files.writeString(sop.resolve("SOP.md"), "# T\n\n## Steps\n\n" + steps);
    }

    Answer ask(String... words) throws Exception {
        try (var client = LocalClient.connect(App.socket(folder.resolve("state")))) {
            return client.ask(new Request(List.of(words), false), _ -> {});
        }
    }

    /** All lines and cells of an answer. */
    static String text(Answer answer) {
        var text = new StringBuilder(String.join("\n", answer.lines()));
        for (var row : answer.table()) text.append('\n').append(String.join("  ", row));
        return text.toString();
    }

    /** Asks until the answer is so; it must be so in the end. */
    Answer await(Predicate<String> isSo, String... words) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            var answer = ask(words);
            if (isSo.test(text(answer))) return answer;
            assertThat(System.nanoTime()).as(text(answer)).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Steps outlive a service; a test ends when theirs have, before its folder is removed. */
    @Override
    public void close() {
        app.close();
        try {
            RealService.await(() -> ProcessHandle.allProcesses().noneMatch(this::worksHere));
        } catch (Exception e) {
            throw new AssertionError("a step does not end", e);
        }
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(folder);
        } catch (IOException e) {
            return false; // it has ended, or is somebody else's
        }
    }

    private static final class Deaf implements App.Listener {
        @Override
        public void heard(SopEvent event) {}

        @Override
        public void heard(RosterFile.Event event) {}

        @Override
        public void stopped(StoreException why) {
            throw new AssertionError(why);
        }
    }
}

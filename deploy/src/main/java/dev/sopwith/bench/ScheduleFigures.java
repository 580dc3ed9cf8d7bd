package dev.sopwith.bench;

import com.sun.management.OperatingSystemMXBean;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.runtime.ClockWatch;
import dev.sopwith.engine.runtime.Deadlines;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.LinuxClocks;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.runtime.Schedules;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to look after many schedules of which none comes due: the processor time of one
 * second beyond that of a service without any, which is the yardstick.
 */
final class ScheduleFigures {
    private static final Duration COST_MAX = Duration.ofMillis(10); // 1 % of a core
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int PER_SOP = 100;

    private final int count;
    private final Effort effort;
    private final Path folder;

    ScheduleFigures(int count, Effort effort, Path folder) {
        this.count = count;
        this.effort = effort;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        var name = "%,d schedules for one second, in time of the processor".formatted(count);
        meter.say(name);
        var none = SopSet.load(Files.createDirectories(folder.resolve("none")), "none", CLOCK);
        var many = write();
        var times = new ArrayList<Long>();
        var without = new ArrayList<Long>();
        for (int i = 0; i < Math.max(1, effort.samples() / 5); i++) {
            long idle = cost("without" + i, none);
            without.add(idle);
            times.add(Math.max(1, cost("many" + i, many) - idle));
        }
        meter.add(name, COST_MAX, times, "the whole service without schedules", without);
    }

    private SopSet write() throws IOException {
        var place = folder.resolve("sops");
        for (int i = 0; i < (count + PER_SOP - 1) / PER_SOP; i++) {
            var name = "clock-" + i;
            EngineFigures.write(place, name, 1, EngineFigures.PASSED);
            var text = new StringBuilder();
            for (int j = 0; j < Math.min(PER_SOP, count - i * PER_SOP); j++) {
                text.append("\n[[triggers]]\ntype = \"cron\"\nexpression = \"");
                text.append("%d %d 29 2 *\"\n".formatted(j % 60, i % 24));
            }
            var manifest = place.resolve(name).resolve("SOP.toml");
            Files.writeString(manifest, Files.readString(manifest) + text);
        }
        var sops = SopSet.load(place, "sops", CLOCK);
        if (sops.runnable().isEmpty()) throw new IOException("" + sops.diagnostics());
        return sops;
    }

    private long cost(String name, SopSet sops) throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (var store = SqliteStore.open(folder.resolve(name), new SecureRandom(), _ -> {})) {
            var engine = engine(store, sops);
            var watch = new ClockWatch(engine, new LinuxClocks(CLOCK));
            try (var deadlines = new Deadlines(engine, watch);
                    var schedules =
                            new Schedules(engine, () -> sops, () -> ZoneOffset.UTC, watch, TOLD)) {
                deadlines.start();
                schedules.start();
                pause(effort.warmUp());
                long start = System.nanoTime();
                long before = system.getProcessCpuTime();
                pause(effort.warmUp().multipliedBy(3));
                long used = system.getProcessCpuTime() - before;
                double seconds = (System.nanoTime() - start) / 1e9;
                return Math.max(1, Math.round(used / Math.max(1e-3, seconds)));
            }
        }
    }

    private static final Schedules.Listener TOLD =
            new Schedules.Listener() {
                @Override
                public Store.Change telling(Schedules.Absence absence) {
                    return _ -> {};
                }

                @Override
                public void missed(Schedules.Absence absence) {
                    throw new IllegalStateException("nothing was due: " + absence);
                }
            };

    private Engine engine(Store store, SopSet sops) throws IOException {
        try {
            return new Engine(
                    store,
                    () -> sops,
                    Policies.singleOperator("alice"),
                    SecretBox.open(Optional.empty(), folder.resolve("key")),
                    EngineRules.standard("bench"),
                    new SecureRandom());
        } catch (SecretBox.BadKey e) {
            throw new IOException(e);
        }
    }

    private static void pause(Duration time) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while schedules were measured");
        }
    }
}

package dev.sopwith.hardware.gpio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sopwith.engine.Peer;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The provider against the kernel, in a machine of qemu whose chip is the kernel's {@code
 * gpio-sim}. {@code mvn -Pgpio -pl hardware -am verify} runs it; what it needs is built once by
 * {@code build/gpio/fixture} and kept in the user's cache.
 */
@Tag("gpio")
@Tag("peer")
class RealChipTest {
    private static final String QEMU = "qemu-system-x86_64";
    private static final int MINUTES_MAX = 8;

    @TempDir Path folder;

    private static Path fixture() {
        return Path.of(System.getProperty("user.home"), ".cache", "sopwith", "gpio");
    }

    private static Path root() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** Why there can be no such machine here; empty where there is one. */
    private static Optional<String> lack() throws IOException, InterruptedException {
        boolean isThere =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                        .anyMatch(it -> Files.isExecutable(Path.of(it, QEMU)));
        if (!isThere) return Optional.of("there is no " + QEMU + " (Debian: qemu-system-x86)");
        if (Files.exists(fixture().resolve("vmlinuz"))) return Optional.empty();
        var build =
                new ProcessBuilder(
                                root().resolve("build/gpio/fixture").toString(),
                                fixture().toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return build.waitFor() == 0 ? Optional.empty() : Optional.of(said.strip());
    }

    @TestFactory
    List<DynamicTest> what_the_kernel_shows() throws Exception {
        var lack = lack();
        Peer.require(lack.isEmpty(), "no machine with a GPIO chip: " + lack.orElse(""));
        var lines = run();
        var tests = new ArrayList<DynamicTest>();
        for (var line : lines.lines().toList()) {
            if (!line.startsWith("PASS ") && !line.startsWith("FAIL ")) continue;
            tests.add(
                    dynamicTest(
                            line.substring(5),
                            () -> assertThat(line).as(lines).startsWith("PASS ")));
        }
        tests.add(dynamicTest("all were run", () -> assertThat(lines).contains("machine: exit 0")));
        return tests;
    }

    /** All that the machine said. */
    private String run() throws IOException, InterruptedException {
        var classes = classes();
        var command =
                ("%s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=/run -Duser.home=/run"
                                + " --enable-native-access=ALL-UNNAMED -cp '%s/lib/*:%s/classes'"
                                + " dev.sopwith.hardware.gpio.ChipChecks")
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                classes,
                                classes);
        Files.writeString(
                classes.resolve("job"),
                """
                export PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run HOME=/run
                cd /run
                cat > java.txt <<'END'
                %s
                END
                %s all "$(cat java.txt)" 2>&1
                """
                        .formatted(command, command));
        var home = Path.of(System.getProperty("java.home"));
        var shares = new ArrayList<Path>(List.of(classes));
        if (!home.startsWith("/usr")) shares.add(home);
        var qemu = new ArrayList<String>(List.of(QEMU));
        // Kernel-based acceleration is not asked for: where it is half there the machine hangs.
        qemu.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2"));
        qemu.addAll(List.of("-m", "2048", "-M", "q35", "-display", "none", "-no-reboot"));
        qemu.addAll(List.of("-nodefaults", "-serial", "stdio"));
        qemu.addAll(List.of("-kernel", fixture().resolve("vmlinuz").toString()));
        qemu.addAll(List.of("-initrd", fixture().resolve("initrd.gz").toString()));
        share(qemu, Path.of("/usr"), "usr");
        var named = new ArrayList<String>();
        for (var it : shares) {
            var tag = "s" + named.size();
            share(qemu, it, tag);
            named.add(tag + ":" + it);
        }
        qemu.addAll(
                List.of(
                        "-append",
                        "console=ttyS0 quiet panic=-1 job=%s/job shares=%s"
                                .formatted(classes, String.join(",", named))));
        var said = folder.resolve("said");
        var machine =
                new ProcessBuilder(qemu)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(said.toFile())
                        .start();
        try {
            boolean isOver = machine.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
            return Files.readString(said) + (isOver ? "" : "\nthe machine did not end in time");
        } finally {
            machine.destroyForcibly();
        }
    }

    private static void share(List<String> qemu, Path folder, String tag) {
        qemu.addAll(
                List.of(
                        "-virtfs",
                        "local,path=%s,mount_tag=%s,security_model=none,readonly=on,multidevs=remap"
                                .formatted(folder, tag)));
    }

    /** The class path in one folder, for it is scattered and the machine gets folders. */
    private Path classes() throws IOException {
        var into = Files.createDirectories(folder.resolve("share"));
        var jars = Files.createDirectories(into.resolve("lib"));
        var classes = Files.createDirectories(into.resolve("classes"));
        for (var it : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            var entry = Path.of(it).toAbsolutePath();
            if (Files.isDirectory(entry)) {
                copy(entry, classes);
            } else if (it.endsWith(".jar") && Files.exists(entry)) {
                Files.copy(
                        entry,
                        jars.resolve(entry.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return into;
    }

    private static void copy(Path from, Path into) throws IOException {
        try (var all = Files.walk(from)) {
            for (var it : all.toList()) {
                var goal = into.resolve(from.relativize(it).toString());
                if (Files.isDirectory(it)) Files.createDirectories(goal);
                else Files.copy(it, goal, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}

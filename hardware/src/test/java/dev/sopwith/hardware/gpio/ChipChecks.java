package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.roster.IngressSettings.Pull;
import dev.sopwith.engine.roster.IngressSettings.Signal;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.step.StepEnd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel's simulated chip shows, run as a program in a machine that has one: a line {@code
 * PASS name} or {@code FAIL name: why} for each check. {@link RealChipTest} starts that machine.
 */
final class ChipChecks {
    private static final Path CONFIG = Path.of("/sys/kernel/config/gpio-sim/sopwith");
    private static final Path BANK = CONFIG.resolve("bank0");
    private static final String CHIP = "sopwith-chip";
    private static final int BUTTON = 3;
    private static final int DOOR = 4;
    private static final int LAMP = 6;
    private static final int HELD = 7;

    private static int failed;

    private ChipChecks() {}

    /**
     * One word: {@code all}, {@code nobody} (run without rights) or {@code hold} (until killed).
     */
    static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "nobody" -> System.out.println(new KernelChips().survey().problems());
            case "hold" -> hold();
            default -> {
                make();
                all(words[1]);
                System.exit(failed == 0 ? 0 : 1);
            }
        }
    }

    // The chip

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private static void name(int line, String name) throws IOException {
        var folder = Files.createDirectories(BANK.resolve("line" + line));
        write(folder.resolve("name"), name);
    }

    private static void make() throws IOException {
        Files.createDirectory(CONFIG);
        Files.createDirectory(BANK);
        write(BANK.resolve("num_lines"), "16");
        write(BANK.resolve("label"), CHIP);
        name(BUTTON, "BUTTON");
        name(DOOR, "DOOR");
        name(LAMP, "LAMP");
        name(HELD, "HELD");
        var hog = Files.createDirectory(BANK.resolve("line" + HELD).resolve("hog"));
        write(hog.resolve("name"), "someone-else");
        write(hog.resolve("direction"), "output-low");
        write(CONFIG.resolve("live"), "1");
    }

    private static Path line(int number) throws IOException {
        return Path.of(
                "/sys/devices/platform",
                Files.readString(CONFIG.resolve("dev_name")).strip(),
                Files.readString(BANK.resolve("chip_name")).strip(),
                "sim_gpio" + number);
    }

    private static void drive(int number, boolean isHigh) throws IOException {
        write(line(number).resolve("pull"), isHigh ? "pull-up" : "pull-down");
    }

    private static String level(int number) throws IOException {
        return Files.readString(line(number).resolve("value")).strip();
    }

    // The checks

    private static GpioHouse house(Map<String, Signal> all) throws IOException {
        return new GpioHouse(Files.createTempDirectory("sops")).board("hall", CHIP, all);
    }

    private static GpioHouse hall() throws IOException {
        return house(Map.of("button", GpioHouse.BUTTON, "lamp", GpioHouse.LAMP));
    }

    private static void all(String java) throws Exception {
        check("an edge is a delivery with the kernel's number", ChipChecks::edges);
        check("low means on where the roster says so", ChipChecks::activeLow);
        check("the kernel debounces, and a new time holds without a gap", ChipChecks::debounce);
        check("of a flood the last level is right and all else is counted", ChipChecks::flood);
        check("a line that is held is named with its holder", ChipChecks::held);
        check("a line that is not there is named with the nearest", ChipChecks::meant);
        check("steps set levels, and the end leaves the safe one", ChipChecks::outputs);
        check("a chip that is unplugged is used again when it is back", ChipChecks::unplug);
        check("a line is free after a kill", () -> kill(java));
        check("without rights the group is named", () -> nobody(java));
    }

    private static void check(String name, Callable<String> check) {
        try {
            System.out.println(("PASS " + name + " " + check.call()).strip());
        } catch (Exception | AssertionError e) {
            failed++;
            System.out.println("FAIL " + name + ": " + e + " " + e.getCause());
            e.printStackTrace(System.out);
        }
    }

    private static void require(boolean isSo, Object why) {
        if (!isSo) throw new AssertionError(String.valueOf(why));
    }

    private static String edges() throws Exception {
        drive(BUTTON, false);
        try (var house = hall().sop("lamp", "button", "").start().hearing()) {
            require(house.detail().contains("/dev/gpiochip"), house.detail());
            drive(BUTTON, true);
            drive(BUTTON, false);
            Await.until("both are taken in", () -> house.taken.size() == 2);
            require(house.values().equals(List.of("1", "0")), house.values());
            var text = house.taken.getLast().delivery().payload().text();
            require(text.contains("\"seq\":2}"), text);
            return "";
        }
    }

    private static String activeLow() throws Exception {
        drive(DOOR, true);
        var door = Map.of("door", GpioHouse.in("DOOR", Pull.UP, true));
        try (var house = house(door).sop("lamp", "door", "edge = \"rising\"").start().hearing()) {
            require(!house.boards().rows().getFirst().isOn().orElseThrow(), "it is off");
            drive(DOOR, false);
            Await.until("it is taken in", () -> house.taken.size() == 1);
            require(house.values().equals(List.of("1")), house.values());
            return "";
        }
    }

    private static String debounce() throws Exception {
        drive(BUTTON, false);
        try (var house = hall().sop("lamp", "button", "").start().hearing()) {
            drive(BUTTON, true);
            Await.until("it is taken in", () -> house.taken.size() == 1);
            house.sop("lamp", "button", "debounce_ms = 400");
            // The new time holds within a second; until then each change is an edge.
            TimeUnit.SECONDS.sleep(3);
            for (int i = 0; i < 8; i++) drive(BUTTON, i % 2 == 1);
            drive(BUTTON, false);
            Await.until("one is taken in", () -> house.taken.size() == 2);
            TimeUnit.SECONDS.sleep(1);
            require(house.values().equals(List.of("1", "0")), house.values());
            return "";
        }
    }

    private static String flood() throws Exception {
        drive(BUTTON, false);
        try (var house = hall().sop("lamp", "button", "").start().hearing()) {
            for (int i = 0; i < 3_000; i++) drive(BUTTON, i % 2 == 0);
            drive(BUTTON, true);
            Await.until(
                    "the last level",
                    () -> !house.values().isEmpty() && house.values().getLast().equals("1"));
            TimeUnit.SECONDS.sleep(1);
            var last = house.taken.getLast().delivery().payload().text();
            long sequence = Long.parseLong(last.replaceAll(".*\"seq\":(\\d+)}", "$1"));
            long lost = house.boards().rows().stream().mapToLong(Boards.Row::missed).sum();
            require(
                    house.taken.size() + lost == sequence,
                    house.taken.size() + " and " + lost + " of " + sequence);
            return "(%d of 3000 changes were edges, %d lost)".formatted(sequence, lost);
        }
    }

    private static String held() throws Exception {
        var signals =
                Map.of("button", GpioHouse.BUTTON, "held", GpioHouse.in("HELD", Pull.NONE, false));
        try (var house = house(signals).start()) {
            Await.until(
                    "it is named",
                    () -> house.detail().contains("line 7 is held by \"someone-else\""));
            Await.until("the other is used", () -> house.detail().contains("hears button"));
            return "";
        }
    }

    private static String meant() throws Exception {
        try (var house = house(Map.of("b", GpioHouse.in("BUTTN", Pull.NONE, false))).start()) {
            Await.until("it is named", () -> house.detail().contains("did you mean \"BUTTON\"?"));
            return "";
        }
    }

    private static String outputs() throws Exception {
        var signals = Map.of("lamp", GpioHouse.LAMP);
        try (var house = house(signals).start().hearing()) {
            require(level(LAMP).equals("0"), "it begins off");
            var runner = house.boards().runner();
            require(
                    runner.run(GpioHouse.order("hall/lamp on", Duration.ZERO))
                            instanceof StepEnd.Succeeded,
                    "on");
            require(level(LAMP).equals("1"), "it is on");
            require(
                    runner.run(GpioHouse.order("hall/lamp pulse 50ms", Duration.ZERO))
                            instanceof StepEnd.Succeeded,
                    "pulse");
            require(level(LAMP).equals("0"), "it is off after a pulse");
            runner.run(GpioHouse.order("hall/lamp on", Duration.ZERO));
        }
        require(level(LAMP).equals("0"), "the end leaves it off");
        return "";
    }

    private static String unplug() throws Exception {
        drive(BUTTON, false);
        try (var house = hall().sop("lamp", "button", "").start().hearing()) {
            write(CONFIG.resolve("live"), "0");
            Await.until("it is missed", () -> house.detail().contains("there is no chip"));
            write(CONFIG.resolve("live"), "1");
            house.hearing();
            drive(BUTTON, true);
            Await.until("it is heard", () -> !house.taken.isEmpty());
            require(house.values().getLast().equals("1"), house.values());
            return "";
        }
    }

    // Other processes

    private static void hold() throws Exception {
        var house = house(Map.of("lamp", GpioHouse.LAMP)).start().hearing();
        house.boards().set("hall/lamp", true, "test");
        System.out.println("held");
        Thread.sleep(Duration.ofMinutes(5));
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String kill(String java) throws Exception {
        var process = start("/bin/bash", "-c", "exec " + java + " hold");
        try (var said = process.inputReader()) {
            for (var line = ""; !line.equals("held"); ) {
                line = said.readLine();
                if (line == null) throw new AssertionError("it has ended");
            }
        }
        require(level(LAMP).equals("1"), "it is on");
        process.destroyForcibly().waitFor();
        var after = level(LAMP);
        try (var house = house(Map.of("lamp", GpioHouse.LAMP)).start().hearing()) {
            require(level(LAMP).equals("0"), "the next one sets it: " + house.detail());
        }
        return "(this chip left it at %s)".formatted(after);
    }

    private static String nobody(String java) throws Exception {
        var process =
                start(
                        "/bin/bash",
                        "-c",
                        "chmod 660 /dev/gpiochip*; chgrp 44 /dev/gpiochip*; exec setpriv"
                                + " --reuid=65534 --regid=65534 --clear-groups "
                                + java
                                + " nobody");
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        require(said.contains("is for the group video: usermod -aG video"), said);
        return "";
    }
}

package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The GPIO chips of this machine, found by their labels: the numbers of their devices change with
 * kernels. A chip may also be named by its device.
 *
 * <p>Threading: safe from any thread. The thread that hears pins begins with the first chip.
 */
final class KernelChips implements ChipDriver {
    private static final String DEVICES = "gpiochip*";

    private final Path folder;
    private Optional<LinePoll> poll = Optional.empty(); // guarded by this

    KernelChips() {
        this(Path.of("/dev"));
    }

    /**
     * @param folder where the devices are
     */
    KernelChips(Path folder) {
        this.folder = folder;
    }

    /**
     * What is to be seen of the chips.
     *
     * @param problems of those that cannot be looked at, each in one line
     */
    record Survey(List<ChipDevice.Chip> chips, List<String> problems) {}

    /** Looks at all chips; holds nothing. */
    Survey survey() {
        var chips = new ArrayList<ChipDevice.Chip>();
        var problems = new ArrayList<String>();
        if (!isSupported()) return new Survey(chips, List.of(unsupported()));
        for (var device : devices()) {
            try (var it = ChipDevice.open(device.toString())) {
                chips.add(it.chip());
            } catch (IOException e) {
                problems.add(why(device, e));
            }
        }
        return new Survey(chips, problems);
    }

    /** All lines of a chip, with who holds them. */
    static List<ChipDevice.Line> lines(ChipDevice.Chip chip) throws IOException {
        var lines = new ArrayList<ChipDevice.Line>();
        try (var it = ChipDevice.open(chip.path())) {
            for (int i = 0; i < chip.lines(); i++) lines.add(it.line(i));
        }
        return lines;
    }

    /** Links lead to devices that are listed themselves. */
    private List<Path> devices() {
        var found = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(folder, DEVICES)) {
            for (var it : all) if (!Files.isSymbolicLink(it)) found.add(it);
        } catch (IOException _) {
            // A machine without devices has no chip either.
        }
        found.sort(null);
        return found;
    }

    private static boolean isSupported() {
        return System.getProperty("os.name", "").equals("Linux")
                && "64".equals(System.getProperty("sun.arch.data.model"));
    }

    private static String unsupported() {
        return "chips are spoken to on 64-bit Linux alone; \"sim:NAME\" is a simulated one";
    }

    @Override
    public OpenChip open(String chip, Runnable lost) throws Unusable {
        var found = find(chip);
        return new KernelChip(found, poll(), lost);
    }

    /**
     * The chip with this label, or this device.
     *
     * @throws Unusable when there is none, or there are several
     */
    ChipDevice.Chip find(String chip) throws Unusable {
        var seen = survey();
        var wanted =
                seen.chips().stream()
                        .filter(it -> it.label().equals(chip) || it.path().equals(chip))
                        .toList();
        if (wanted.size() == 1) return wanted.getFirst();
        if (wanted.size() > 1) {
            var paths = wanted.stream().map(ChipDevice.Chip::path).toList();
            throw new Unusable(
                    "%s chips are called %s; write one of %s as the chip"
                            .formatted(wanted.size(), Quoted.of(chip), String.join(", ", paths)));
        }
        throw new Unusable(none(chip, seen));
    }

    private String none(String chip, Survey seen) {
        if (seen.chips().isEmpty() && seen.problems().isEmpty()) {
            return "there is no chip %s: this machine has no GPIO (no %s)"
                    .formatted(Quoted.of(chip), folder.resolve(DEVICES));
        }
        // Its label is not known to whoever may not open it.
        if (seen.chips().isEmpty()) return String.join("; ", seen.problems());
        var labels = seen.chips().stream().map(ChipDevice.Chip::label).distinct().toList();
        var why = new ArrayList<String>();
        why.add("there is no chip %s; %s".formatted(Quoted.of(chip), Words.meant(chip, labels)));
        why.addAll(seen.problems());
        return String.join("; ", why);
    }

    /** What went wrong with a device, and what to do about it. */
    static String why(Path device, IOException e) {
        int number = e instanceof Linux.Failure it ? it.number() : 0;
        if (number != Linux.EACCES && number != Linux.EPERM) return String.valueOf(e.getMessage());
        var user = System.getProperty("user.name");
        var group = group(device);
        if (group.isEmpty() || group.get().equals("root")) {
            return ("%s may not use %s, which is root's alone: give it to a group by a udev rule"
                            + " (SUBSYSTEM==\"gpio\", KERNEL==\"gpiochip*\", GROUP=\"gpio\","
                            + " MODE=\"0660\") and put %s into that group")
                    .formatted(user, device, user);
        }
        return ("%s may not use %s, which is for the group %s: usermod -aG %s %s, then start the"
                        + " service anew (under systemd: SupplementaryGroups=%s)")
                .formatted(user, device, group.get(), group.get(), user, group.get());
    }

    private static Optional<String> group(Path device) {
        try {
            return Optional.of(
                    Files.readAttributes(device, PosixFileAttributes.class).group().getName());
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }

    private synchronized LinePoll poll() throws Unusable {
        try {
            if (poll.isEmpty()) poll = Optional.of(new LinePoll());
            return poll.get();
        } catch (Linux.Failure e) {
            throw new Unusable("pins cannot be heard: " + e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        poll.ifPresent(LinePoll::close);
        poll = Optional.empty();
    }
}

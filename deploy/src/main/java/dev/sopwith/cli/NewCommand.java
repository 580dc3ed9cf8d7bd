package dev.sopwith.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** {@code sopwith sop new}: a folder to begin from, valid as it stands. */
@Command(
        name = "new",
        description = "Begin a SOP: a folder with a commented SOP.toml and SOP.md.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":written",
            Exit.WRONG_USE + ":wrong use, it exists, or the name is unfit"
        })
final class NewCommand implements Callable<Integer> {
    /** FORMAT §2. It also keeps the folder inside the one it shall be in. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Surroundings here;

    @Mixin private SopsDir sopsDir = new SopsDir();

    @Parameters(
            paramLabel = "NAME",
            description =
                    "Its name and that of its folder: letters, digits, . _ and -, 64 at most.")
    private String name = "";

    NewCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (!NAME.matcher(name).matches()) {
            return here.refuse(
                    "a SOP cannot be called \"" + name + "\"",
                    "A name has 1 to 64 letters, digits, . _ and -, and begins with a letter or"
                            + " digit.");
        }
        var folder = sopsDir.in(here).resolve(name);
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return refuseExisting();
        try {
            write(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return refuseFile();
            return refuseExisting();
        } catch (IOException e) {
            return here.refuse("cannot write " + shown() + ": " + e, "");
        }
        sayWhatNext();
        return Exit.OK;
    }

    private int refuseExisting() {
        return here.refuse(
                shown() + " exists already; it was not touched",
                "Choose another name, or look at it: ./sopwith sop validate "
                        + name
                        + sopsDir.asOption());
    }

    private int refuseFile() {
        return here.refuse(
                "cannot write " + shown() + ": there is a file in place of a folder above it",
                "Name another folder with --sops-dir DIR.");
    }

    /** The folder is made last of all checks and only if it was not there: no file is replaced. */
    private void write(Path folder) throws IOException {
        Files.createDirectories(sopsDir.in(here));
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("SOP.toml"), template("SOP.toml"));
        Files.writeString(folder.resolve("SOP.md"), template("SOP.md"));
    }

    private String template(String file) throws IOException {
        try (var in = NewCommand.class.getResourceAsStream("new/" + file)) {
            if (in == null) throw new IllegalStateException("no template " + file + " in this jar");
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replace("%NAME%", name);
        }
    }

    private void sayWhatNext() {
        var out = here.out();
        var more = name + sopsDir.asOption();
        out.line("Wrote " + shown() + "/SOP.toml and " + shown() + "/SOP.md.");
        out.line("Next:");
        out.line("  1. say in SOP.toml what starts it, and write the steps in SOP.md");
        out.line("  2. check it:    ./sopwith sop validate " + more);
        out.line("  3. look at it:  ./sopwith sop show " + more);
    }

    private String shown() {
        return sopsDir.shown() + "/" + name;
    }
}

package dev.sopwith.cli;

import dev.sopwith.app.App;
import dev.sopwith.bot.words.English;
import dev.sopwith.engine.store.StoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code sopwith restore}: a store from a backup, while no service runs. */
@Command(
        name = "restore",
        description = "Make the store from a backup, while no service runs and there is none.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":restored",
            Exit.FINDINGS + ":not restored",
            Exit.WRONG_USE + ":wrong use, or there is no such file"
        })
final class RestoreCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private StateDir stateDir = new StateDir();

    @Parameters(paramLabel = "FILE", description = "What ./sopwith backup wrote.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Write the answer as JSON.")
    private boolean json;

    RestoreCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        var backup = here.folder().resolve(file);
        if (!Files.isRegularFile(backup)) {
            return here.refuse(
                    "there is no backup " + file, "Name a file that ./sopwith backup has written.");
        }
        var state = stateDir.in(here);
        try {
            App.restore(backup, state, here.clock());
        } catch (StoreException.InUse e) {
            return no(
                    state + " is in use by a service",
                    "Stop it and move its store away first, or name a new folder with --state-dir DIR.");
        } catch (StoreException e) {
            return no(String.valueOf(e.getMessage()), "");
        } catch (IOException e) {
            return no(English.why(e), "");
        }
        if (json) {
            var data = JsonMapper.shared().createObjectNode().put("restored", state.toString());
            here.out().raw(data.toPrettyString() + "\n");
        } else {
            here.out()
                    .line(
                            "restored to %s; start the service: ./sopwith up%s"
                                    .formatted(state, stateDir.asOption()));
        }
        return Exit.OK;
    }

    private int no(String why, String whatToDo) {
        here.err().line("sopwith: not restored: " + why);
        if (!whatToDo.isEmpty()) here.err().line("  " + whatToDo);
        return Exit.FINDINGS;
    }
}

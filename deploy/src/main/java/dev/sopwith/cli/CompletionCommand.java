package dev.sopwith.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sopwith completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = "Write a script that lets a shell complete commands and options.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK + ":written", Exit.WRONG_USE + ":there is none for this shell"},
        footer = {
            "",
            "Into ~/.bashrc or, after compinit, ~/.zshrc:",
            "  source <(./sopwith completion bash)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Surroundings here;

    @Parameters(
            paramLabel = "bash|zsh",
            completionCandidates = Shells.class,
            description = "The shell that reads it.")
    private String shell = "";

    CompletionCommand(Surroundings here) {
        this.here = here;
    }

    /** Those there is a script for. */
    static final class Shells extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Shells() {
            super(List.of("bash", "zsh"));
        }
    }

    @Override
    public Integer call() {
        var shells = new Shells();
        if (!shells.contains(shell)) {
            return here.refuse(
                    "there is no completion for " + shell,
                    "There is one for: " + String.join(", ", shells));
        }
        // zsh reads the same script: it turns on zsh's own bashcompinit.
        here.out().raw(AutoComplete.bash("sopwith", Main.commands(here)));
        return Exit.OK;
    }
}

package dev.sopwith.cli;

import dev.sopwith.bot.command.Completion;
import dev.sopwith.engine.run.RunId;

import java.util.Locale;
import java.util.Optional;

/**
 * Two people at one keyboard: a line is alice's, unless it begins with {@code bob:}.
 *
 * <p>Threading: one thread.
 */
final class DemoDialogue implements ChatTerminal.Partner {
    private static final String BOB = "bob:";

    private final ChatDialogue alice;
    private final ChatDialogue bob;

    DemoDialogue(ChatDialogue alice, ChatDialogue bob) {
        this.alice = alice;
        this.bob = bob;
    }

    @Override
    public Optional<RunId> thread() {
        return alice.thread();
    }

    @Override
    public boolean isOver() {
        return alice.isOver() || bob.isOver();
    }

    @Override
    public void said(String typed) throws InterruptedException {
        if (isBobs(typed)) bob.said(typed.strip().substring(BOB.length()));
        else alice.said(typed);
    }

    private static boolean isBobs(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT).startsWith(BOB);
    }

    @Override
    public Completion complete(String typed) {
        if (!isBobs(typed)) return alice.complete(typed);
        int begun = typed.indexOf(':') + 1;
        while (begun < typed.length() && typed.charAt(begun) == ' ') begun++;
        var completion = bob.complete(typed.substring(begun));
        return new Completion(begun + completion.from(), completion.candidates());
    }
}

package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;

import java.util.Locale;
import java.util.Map;

/** Writes a command as a person would, quoting what has to be. */
final class CommandText {
    private final StringBuilder out;

    private CommandText(Verb verb) {
        this.out = new StringBuilder(verb.word());
    }

    static String of(Command command) {
        var text = new CommandText(command.verb());
        text.write(command);
        return text.out.toString();
    }

    private void write(Command command) {
        switch (command) {
            case Command.Run(var sop, var inputs) -> start(sop, inputs);
            case Command.Plan(var sop, var inputs) -> start(sop, inputs);
            case Command.Show(var sop) -> word(sop);
            case Command.Status(var run) -> run.ifPresent(this::run);
            case Command.Log(var run, var step, var isFull) -> {
                run(run);
                step.ifPresent(it -> word(Integer.toString(it)));
                if (isFull) word(Arguments.FULL);
            }
            case Command.Approve(var code, var reason) -> {
                word(code);
                rest(reason);
            }
            case Command.Deny(var gate, var reason) -> {
                gate(gate);
                rest(reason);
            }
            case Command.Unvote(var gate) -> gate(gate);
            case Command.Reply(_, var run, var note) -> {
                run.ifPresent(this::run);
                rest(note);
            }
            case Command.Retry(var run, var note) -> about(run, note);
            case Command.Resume(var run) -> run(run);
            case Command.Abort(var run, var reason) -> about(run, reason);
            case Command.Rerun(var run, var from) -> {
                run(run);
                from.ifPresent(it -> out.append(" from ").append(it));
            }
            case Command.Cancel(var run, var reason) -> about(run, reason);
            case Command.Why(var sop) -> word(sop);
            case Command.TestTrigger(var source, var topic, var payload) -> {
                word(Arguments.TEST);
                word(source.name().toLowerCase(Locale.ROOT));
                word(topic);
                rest(payload);
            }
            case Command.Pause(var sop) -> word(sop);
            case Command.Unpause(var sop) -> word(sop);
            case Command.Freeze(var reason) -> rest(reason);
            case Command.ClockOk _ -> word("ok");
            case Command.Backup(var file) -> word(file);
            case Command.Link(var code) -> code.ifPresent(this::word);
            case Command.Help(var about) -> about.map(Verb::word).ifPresent(this::word);
            case Command.ListSops _,
                    Command.Runs _,
                    Command.Pending _,
                    Command.Unfreeze _,
                    Command.Whoami _ -> {}
        }
    }

    private void start(String sop, Map<String, String> inputs) {
        word(sop);
        inputs.forEach(
                (name, value) ->
                        out.append(' ').append(name).append('=').append(Line.quote(value)));
    }

    private void gate(Command.Target gate) {
        switch (gate) {
            case Command.Target.Code(var code) -> word(code);
            case Command.Target.OfRun(var run) -> run(run);
        }
    }

    private void about(RunId run, String text) {
        run(run);
        rest(text);
    }

    private void run(RunId run) {
        out.append(' ').append(run);
    }

    private void word(String word) {
        out.append(' ').append(Line.quote(word));
    }

    /** Notes are taken as they stand, unless one would be read as something else. */
    private void rest(String text) {
        if (text.isEmpty()) return;
        out.append(' ').append(isPlain(text) ? text : Line.quoteAlways(text));
    }

    private static boolean isPlain(String text) {
        char first = text.charAt(0);
        return Character.isLetter(first)
                && Line.strip(text).equals(text)
                && RunId.parse(Line.of(text).word(0).text()).isEmpty();
    }
}

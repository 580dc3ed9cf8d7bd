package dev.sopwith.cli;

import dev.sopwith.bot.command.Completion;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.secret.Secret;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * What becomes of the lines that a person types: each is asked once, and its answer shown. A line
 * waits while the service is gone. One whose answer never came is asked again only when that can do
 * no harm; else the person is told that it may have been done.
 *
 * <p>Threading: one thread asks; {@link #complete} belongs to the same.
 */
final class ChatDialogue implements ChatTerminal.Partner {
    /** Words of this client itself, and what they do. */
    static final List<List<String>> OWN =
            List.of(
                    List.of(
                            "/thread RUN",
                            "Speak in the thread of a run: \"done\" means its step."),
                    List.of("/main", "Leave the thread."),
                    List.of("/quit", "Leave (as does Ctrl-D)."));

    /** What starts work is not asked any more after this: people have gone on meanwhile. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private static final Duration WAIT = Duration.ofHours(12);

    /** Of what a step printed. */
    private static final int LINES_MAX = 1_000;

    private static final int OUTPUT_MAX = 256 * 1024;

    private final Path socket;
    private final ChatRoom room;
    private final Consumer<List<String>> show;
    private final IntSupplier columns;
    private final Function<String, Optional<Secret>> secrets;
    private Optional<RunId> thread = Optional.empty();
    private boolean isOver;

    /** The service went away before it answered. */
    private static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        /** Whether it is there, and says nothing. */
        private final boolean isSilent;

        NoAnswer(boolean isSilent) {
            super("no answer");
            this.isSilent = isSilent;
        }
    }

    /**
     * @param columns that answers have to fit into; 0 where that is not known
     * @param secrets asks the person for a value without showing it; none when they give none
     */
    ChatDialogue(
            Path socket,
            ChatRoom room,
            Consumer<List<String>> show,
            IntSupplier columns,
            Function<String, Optional<Secret>> secrets) {
        this.socket = socket;
        this.room = room;
        this.show = show;
        this.columns = columns;
        this.secrets = secrets;
    }

    @Override
    public Optional<RunId> thread() {
        return thread;
    }

    @Override
    public boolean isOver() {
        return isOver;
    }

    @Override
    public void said(String typed) throws InterruptedException {
        var line = plain(typed);
        var words = List.of(line.split("\\s+", 2));
        switch (words.getFirst().toLowerCase(Locale.ROOT)) {
            case "" -> {}
            case "thread" -> enter(words.size() > 1 ? words.get(1).strip() : "");
            case "main" -> thread = Optional.empty();
            case "quit", "exit" -> isOver = true;
            default -> ask(line, effect(words.getFirst()));
        }
    }

    /** The slash of other chat networks may be left out. */
    private static String plain(String typed) {
        var line = typed.strip();
        return line.startsWith("/") ? line.substring(1) : line;
    }

    private void enter(String name) {
        var run = RunId.parse(name);
        if (run.isEmpty()) {
            show.accept(List.of("write: /thread R-12, or /main to leave a thread"));
            return;
        }
        thread = run;
    }

    private static Verb.Effect effect(String word) {
        for (var verb : Verb.values()) {
            if (verb.word().equalsIgnoreCase(word)) return verb.effect();
        }
        return Verb.Effect.LOOKS; // the service knows no such word either
    }

    private void ask(String line, Verb.Effect effect) throws InterruptedException {
        long typedAt = System.nanoTime();
        var request = Request.line(line, thread);
        boolean isAgain = false;
        while (true) {
            try {
                show.accept(shown(answer(request)));
                if (line.strip().equalsIgnoreCase("help")) show.accept(own());
                return;
            } catch (LocalClient.Refused e) {
                show.accept(List.of(Ink.RED.of("sopwith: ") + e.getMessage()));
                return;
            } catch (NoAnswer e) {
                if (e.isSilent) {
                    note("not waited for any longer: it may still be done; look: runs");
                    return;
                }
                if (effect == Verb.Effect.STARTS) {
                    note(
                            "the service ended before it answered: \"%s\" may have been done; look: runs"
                                    .formatted(line));
                    return;
                }
                note("the service ended before it answered; \"%s\" is asked again".formatted(line));
            } catch (IOException _) {
                if (!isAgain)
                    note("\"%s\" waits for the service; Ctrl-C gives it up".formatted(line));
            }
            isAgain = true;
            room.lost();
            if (!room.awaitService(WAIT)) return;
            if (effect == Verb.Effect.STARTS && System.nanoTime() - typedAt > FRESH.toNanos()) {
                note("not asked, it is more than 5 minutes old; write it again: " + line);
                return;
            }
        }
    }

    private void note(String text) {
        show.accept(List.of(ChatRoom.note(text)));
    }

    private Answer answer(Request request) throws IOException, LocalClient.Refused, NoAnswer {
        try (var client = LocalClient.connect(socket, this::note)) {
            var values = new HashMap<String, Secret>();
            for (var name : client.secretsOf(request)) {
                secrets.apply(name).ifPresent(it -> values.put(name, it));
            }
            return asked(client, request.with(values));
        }
    }

    private Answer asked(LocalClient client, Request request) throws LocalClient.Refused, NoAnswer {
        try {
            var output = new StringBuilder();
            var answer =
                    client.ask(
                            request,
                            said -> show.accept(List.of(ChatRoom.note(said))),
                            part -> {
                                if (output.length() < OUTPUT_MAX) output.append(part);
                            });
            if (!output.isEmpty()) show.accept(output(output.toString(), request));
            return answer;
        } catch (IOException e) {
            throw new NoAnswer(e instanceof LocalClient.Silent);
        }
    }

    /** As much of it as somebody reads in a chat; a file of it is for the shell. */
    private List<String> output(String text, Request request) {
        var all = text.lines().map(it -> "| " + it).toList();
        if (all.size() <= LINES_MAX && text.length() < OUTPUT_MAX) return all;
        var lines = new ArrayList<>(all.subList(0, Math.min(all.size(), LINES_MAX)));
        lines.add(
                ChatRoom.note(
                        "more than is shown here; all of it, in a shell: ./sopwith %s > FILE"
                                .formatted(shellWords(request))));
        return lines;
    }

    /** The command with its run, which a thread here implies. */
    private static String shellWords(Request request) {
        var words = request.line().orElse("").strip();
        if (request.thread().isEmpty()) return words;
        var parts = words.split("\\s+", 2);
        boolean hasRun = parts.length > 1 && parts[1].split("\\s+").length > 2;
        return hasRun
                ? words
                : parts[0] + " " + request.thread().get() + " " + parts[parts.length - 1];
    }

    private List<String> shown(Answer answer) {
        var before =
                switch (answer.status()) {
                    case OK -> "";
                    case NO -> Ink.YELLOW.of("no: ");
                    case WRONG -> Ink.RED.of("? ");
                };
        return VerbCommand.lines(before, answer, width());
    }

    private OptionalInt width() {
        int now = columns.getAsInt();
        return now > 0 ? OptionalInt.of(now) : OptionalInt.empty();
    }

    private List<String> own() {
        var table = new Table("HERE", "TO");
        OWN.forEach(it -> table.row(it.toArray(String[]::new)));
        return width().isPresent() ? table.lines(width().getAsInt()) : table.lines();
    }

    /** Nothing while the service is gone. */
    @Override
    public Completion complete(String typed) {
        int slash = typed.startsWith("/") ? 1 : 0;
        var text = typed.substring(slash);
        boolean isThread = text.startsWith("thread ");
        var asked = isThread ? "status " + text.substring("thread ".length()) : text;
        try (var client = LocalClient.connect(socket)) {
            var completion = client.complete(asked);
            var candidates = new ArrayList<>(completion.candidates());
            if (!isThread && completion.from() == 0) candidates.addAll(own(text));
            int from = completion.from() + (isThread ? 1 : 0) + slash;
            return new Completion(from, candidates);
        } catch (IOException | LocalClient.Refused _) {
            return new Completion(typed.length(), List.of());
        }
    }

    private static List<Completion.Candidate> own(String begun) {
        return OWN.stream()
                .map(
                        it ->
                                new Completion.Candidate(
                                        it.getFirst().substring(1).replace(" RUN", ""),
                                        it.getLast()))
                .filter(it -> it.text().startsWith(begun))
                .toList();
    }
}

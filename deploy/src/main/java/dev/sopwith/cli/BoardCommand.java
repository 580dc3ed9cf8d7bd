package dev.sopwith.cli;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sopwith board}: what goes on and what waits, as it is at the moment. */
@Command(
        name = "board",
        description = "Show runs, open gates and the queue, live.",
        footer = {"", "q quits."},
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":left, or with --once: printed",
            Exit.FINDINGS + ":with --once: refused",
            Exit.WRONG_USE + ":wrong use",
            Exit.NO_SERVICE + ":with --once: no service runs here",
            Exit.TEMPORARY + ":with --once: the service is there and says nothing for 30 s"
        })
final class BoardCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private StateDir stateDir = new StateDir();

    @Option(names = "--once", description = "Print it once, in plain lines.")
    private boolean once;

    BoardCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (once || !Terminals.isThere()) return printOnce();
        new BoardScreen(this::lookOnce).show();
        return Exit.OK;
    }

    private int printOnce() {
        try {
            here.out().lines(look());
            return Exit.OK;
        } catch (LocalClient.Refused e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.FINDINGS;
        } catch (LocalClient.Silent e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.TEMPORARY;
        } catch (IOException e) {
            here.err()
                    .line(
                            "sopwith: no service runs here (%s); start it: ./sopwith up%s"
                                    .formatted(stateDir.in(here), stateDir.asOption()));
            return Exit.NO_SERVICE;
        }
    }

    // What there is to see

    private List<String> look() throws IOException, LocalClient.Refused {
        try (var client = LocalClient.connect(stateDir.socket(here))) {
            return lines(ask(client, "status"), ask(client, "pending"));
        }
    }

    private static Answer ask(LocalClient client, String word)
            throws IOException, LocalClient.Refused {
        return client.ask(new Request(List.of(word), false), _ -> {});
    }

    /** Nothing in it grows by itself, such as an age: it changes only when something happens. */
    static List<String> lines(Answer status, Answer pending) {
        var lines = new ArrayList<String>();
        var runs = status.data().path("runs").values();
        var waiting = pending.data().path("pending").values();
        for (var line : status.lines()) {
            if (!runs.isEmpty() || !line.equals("nothing goes on")) lines.add(Ink.YELLOW.of(line));
        }
        if (!lines.isEmpty()) lines.add("");
        lines.add(Ink.BLUE.of("WAITS FOR PEOPLE: " + waiting.size()));
        for (var row : pending.table().stream().skip(1).toList()) {
            // What to say stands first on its line: it must be there in the narrowest terminal.
            lines.add("%s %s, %s, %s".formatted(row.get(0), row.get(1), row.get(2), row.get(3)));
            lines.add("    " + Ink.BOLD.of(row.get(4)));
        }
        lines.add("");
        lines.add(Ink.BLUE.of("GOES ON: " + runs.size()));
        for (var run : runs) {
            lines.add(
                    "%s %s: %s, since %s"
                            .formatted(
                                    run.path("run").asString(""),
                                    run.path("sop").asString(""),
                                    run.path("text").asString(""),
                                    time(run.path("started_at").asString(""))));
        }
        lines.add("");
        lines.add(Ink.BLUE.of("QUEUE: " + status.data().path("queued").asInt(0)));
        return lines;
    }

    private static String time(String instant) {
        try {
            return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeParseException _) {
            return instant;
        }
    }

    // Always

    private List<String> lookOnce(List<String> before) {
        var gone =
                Ink.RED.of(
                        "service gone, waiting ... (start it: ./sopwith up%s)"
                                .formatted(stateDir.asOption()));
        try {
            return look();
        } catch (LocalClient.Refused e) {
            return List.of(Ink.RED.of(String.valueOf(e.getMessage())));
        } catch (LocalClient.Silent e) {
            return headed(Ink.RED.of(String.valueOf(e.getMessage())), before);
        } catch (IOException _) {
            return headed(gone, before);
        }
    }

    /** What was seen last, under why it is not seen now. */
    private static List<String> headed(String why, List<String> before) {
        if (!before.isEmpty() && before.getFirst().equals(why)) return before;
        var lines = new ArrayList<String>();
        lines.add(why);
        lines.add("");
        lines.addAll(before);
        return lines;
    }
}

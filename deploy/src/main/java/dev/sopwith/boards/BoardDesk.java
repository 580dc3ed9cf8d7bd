package dev.sopwith.boards;

import dev.sopwith.bot.command.Completion;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.Answer.Status;
import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.store.Store;
import dev.sopwith.hardware.gpio.Boards;
import dev.sopwith.hardware.gpio.Unusable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers what is asked about boards. Whoever is answered at the socket may look; only the
 * service's own user and root may set, because no gate is asked, and what they set is on the trail
 * before it is done.
 *
 * <p>Threading: safe from any thread.
 */
public final class BoardDesk implements LocalServer.Handler {
    /** The first word of all requests that are answered here. */
    public static final String WORD = "hardware";

    /** The kind of row with what was set by hand. */
    static final String KIND = "signal";

    private final LocalServer.Handler others;
    private final Boards boards;
    private final Engine engine;
    private final Store store;
    private final InstantSource clock;

    /**
     * @param others answers everything else
     */
    public BoardDesk(
            LocalServer.Handler others,
            Boards boards,
            Engine engine,
            Store store,
            InstantSource clock) {
        this.others = others;
        this.boards = boards;
        this.engine = engine;
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Answer answer(Request request, Caller caller, LocalServer.Asker asker)
            throws InterruptedException {
        var words = request.words();
        if (words.isEmpty() || !words.getFirst().equals(WORD)) {
            return others.answer(request, caller, asker);
        }
        if (!others.admits(caller)) {
            return said(Status.NO, "local:%s is in the roster no more".formatted(caller.login()));
        }
        return switch (words.size() > 1 ? words.get(1) : "") {
            case "list" -> list();
            case "watch" -> watch(words.subList(2, words.size()), asker);
            case "set" -> set(words.subList(2, words.size()), caller);
            default -> said(Status.WRONG, "say hardware list, hardware watch or hardware set");
        };
    }

    // Looking

    private Answer list() {
        var data = JsonMapper.shared().createObjectNode();
        var rows = boards.rows();
        var all = data.putArray("signals");
        rows.forEach(it -> fill(all.addObject(), it));
        if (rows.isEmpty()) {
            var nothing = List.of("the roster has no boards (ingress.boards)");
            return new Answer(Status.OK, nothing, List.of(), data);
        }
        return new Answer(Status.OK, List.of(), table(rows), data);
    }

    /** Signals as people see them. */
    public static List<List<String>> table(List<Boards.Row> rows) {
        var table = new ArrayList<List<String>>();
        table.add(List.of("BOARD", "CHIP", "SIGNAL", "LINE", "WAY", "IS", "STATE"));
        for (var it : rows) {
            var chip = it.at().isEmpty() ? it.chip() : "%s (%s)".formatted(it.chip(), it.at());
            var state = it.state();
            if (it.missed() > 0) state += "; %,d edges lost".formatted(it.missed());
            table.add(
                    List.of(
                            it.board(),
                            chip,
                            it.signal(),
                            it.line(),
                            it.isOutput() ? "out" : "in",
                            it.isOn().map(BoardDesk::level).orElse("?"),
                            state));
        }
        return table;
    }

    /** The same for programs. */
    public static void fill(ObjectNode into, Boards.Row row) {
        into.put("board", row.board()).put("chip", row.chip()).put("at", row.at());
        into.put("signal", row.signal()).put("line", row.line());
        into.put("direction", row.isOutput() ? "out" : "in");
        row.isOn().ifPresent(it -> into.put("value", it ? 1 : 0));
        into.put("state", row.state()).put("edges_lost", row.missed());
    }

    private static String level(boolean isOn) {
        return isOn ? "on" : "off";
    }

    /** Goes on until it has shown so many, or whoever asked has gone. */
    private Answer watch(List<String> words, LocalServer.Asker asker) throws InterruptedException {
        var wish = Watching.Wish.of(words);
        if (wish.isEmpty()) {
            return said(Status.WRONG, "say hardware watch [BOARD[/SIGNAL]] [--count N]");
        }
        var problem = unknown(wish.get());
        if (problem.isPresent()) return said(Status.WRONG, problem.get());
        new Watching(boards, wish.get()).show(asker);
        return said(Status.OK);
    }

    private Optional<String> unknown(Watching.Wish wish) {
        if (wish.topic().isEmpty()) {
            return boards.rows().isEmpty()
                    ? Optional.of("the roster has no boards (ingress.boards)")
                    : Optional.empty();
        }
        return boards.problem(wish.topic());
    }

    // Setting

    private Answer set(List<String> words, Caller caller) throws InterruptedException {
        boolean isRight =
                words.size() == 2 && (words.get(1).equals("on") || words.get(1).equals("off"));
        if (!isRight) return said(Status.WRONG, "say hardware set BOARD/SIGNAL on|off");
        var topic = words.getFirst();
        boolean isOn = words.get(1).equals("on");
        var who = Identity.local(caller.login()).toString();
        if (!caller.operator()) {
            var why = "only the service's own user and root may do that: no gate is asked";
            var what = "hardware set %s %s".formatted(topic, level(isOn));
            engine.refuse(Optional.empty(), who, what, why, clock.instant());
            return said(Status.NO, why);
        }
        try {
            boards.requireSettable(topic);
        } catch (Unusable e) {
            return said(Status.WRONG, String.valueOf(e.getMessage()));
        }
        record(topic, isOn, who);
        try {
            boards.set(topic, isOn, who);
        } catch (Unusable e) {
            return said(Status.NO, String.valueOf(e.getMessage()));
        }
        var data = JsonMapper.shared().createObjectNode();
        data.put("signal", topic).put("value", isOn ? 1 : 0);
        var line = "%s is %s".formatted(topic, level(isOn));
        return new Answer(Status.OK, List.of(line), List.of(), data);
    }

    private void record(String topic, boolean isOn, String who) {
        var body = JsonMapper.shared().createObjectNode();
        body.put("signal", topic).put("to", level(isOn)).put("by", who);
        long at = clock.millis();
        store.write(tx -> tx.trail().append(at, KIND, body.toString()));
    }

    private static Answer said(Status status, String... lines) {
        return new Answer(
                status, List.of(lines), List.of(), JsonMapper.shared().createObjectNode());
    }

    // Everything else

    @Override
    public Completion complete(String text, Caller caller) {
        return others.complete(text, caller);
    }

    @Override
    public List<String> secrets(Request request, Caller caller) {
        return others.secrets(request, caller);
    }

    @Override
    public void sentAway(Caller caller) {
        others.sentAway(caller);
    }

    @Override
    public boolean admits(Caller caller) {
        return others.admits(caller);
    }
}

package dev.sopwith.bot.room;

import dev.sopwith.bot.room.Wanted.Rank;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the room of one connector is to show, as the store and the roster have it now.
 *
 * <p>Threading: one thread. Reads only.
 */
final class Wishes {
    private final String name;
    private final Store store;
    private final RunViews views;
    private final Predicate<String> shows;
    private final boolean takesClicks;
    private final InstantSource clock;
    private final String epoch;
    private final Agenda agenda;

    /** Messages that were open when everything was looked at, until their runs are. */
    private final Map<RunId, List<PostRow>> leftOpen = new HashMap<>();

    /**
     * @param name of the connector
     * @param shows whether runs of this SOP are shown there
     * @param takesClicks whether there is anything to press or to mark there
     * @param agenda knows what is over: nobody wishes for it again
     */
    Wishes(
            String name,
            Store store,
            RunViews views,
            Predicate<String> shows,
            boolean takesClicks,
            InstantSource clock,
            Agenda agenda) {
        this.name = name;
        this.store = store;
        this.views = views;
        this.shows = shows;
        this.takesClicks = takesClicks;
        this.clock = clock;
        this.epoch = store.read(reads -> reads.node().epoch());
        this.agenda = agenda;
    }

    /**
     * Hands the agenda what follows from no run, and what nobody knows any more, to be closed.
     *
     * @return the runs that are to be looked at
     */
    Set<RunId> all() {
        leftOpen.clear();
        var runs = new TreeSet<>(views.since(clock.instant().minus(Wanted.NEWS)));
        for (var row : store.<List<PostRow>>read(reads -> reads.chat().openPosts(name))) {
            var run = PostKey.parse(row.key(), epoch).map(PostKey::run);
            if (row.text().isPresent()) {
                consider(row);
            } else if (run.isPresent()) {
                runs.add(run.get());
                leftOpen.computeIfAbsent(run.get(), _ -> new ArrayList<>()).add(row);
            } else {
                close(row);
            }
        }
        return runs;
    }

    /** Hands the agenda what the room is to show of a run. */
    void run(RunId run) {
        var view = views.of(run).filter(it -> shows.test(it.run().name()));
        var wishes = view.map(this::wanted).orElse(List.of());
        var open = Optional.ofNullable(leftOpen.remove(run)).orElse(List.of());
        var keys = new HashSet<String>();
        wishes.forEach(it -> keys.add(it.key()));
        open.forEach(it -> keys.add(it.key()));
        var rows = rows(keys);
        var now = clock.instant();
        for (var wanted : wishes) {
            agenda.consider(wanted, Optional.ofNullable(rows.get(wanted.key())), now);
            keys.remove(wanted.key());
        }
        for (var key : keys) Optional.ofNullable(rows.get(key)).ifPresent(this::close);
    }

    /** Hands the agenda a post that follows from no run, if there is one of this key. */
    void stored(String key) {
        Optional.ofNullable(rows(Set.of(key)).get(key)).ifPresent(this::consider);
    }

    private Map<String, PostRow> rows(Set<String> keys) {
        return store.read(
                reads -> {
                    var rows = new HashMap<String, PostRow>();
                    for (var key : keys) {
                        if (agenda.isOver(key)) continue;
                        reads.chat().post(name, key).ifPresent(it -> rows.put(key, it));
                    }
                    return rows;
                });
    }

    private void consider(PostRow row) {
        if (row.text().isEmpty() || row.closed()) return;
        var stored = StoredPost.of(row.text().get());
        var expires = Instant.ofEpochMilli(row.expiresAt().orElse(Long.MAX_VALUE));
        var wanted =
                new Wanted(
                        row.key(),
                        Rank.ANSWER,
                        Optional.empty(),
                        stored.threadId(),
                        stored.document(),
                        stored.output(),
                        Optional.empty(),
                        Optional.of(expires));
        agenda.consider(wanted, Optional.of(row), clock.instant());
    }

    /** An open message that nothing asks for any more; what was never shown need not be. */
    private void close(PostRow row) {
        var now = clock.instant();
        boolean isThere = row.messageId().isPresent();
        boolean isOurs = PostKey.parse(row.key(), epoch).isPresent();
        var wanted =
                new Wanted(
                        row.key(),
                        Rank.LEVEL,
                        Optional.empty(),
                        Optional.empty(),
                        isOurs ? Notices.shownElsewhere() : Notices.replaced(),
                        Optional.empty(),
                        Optional.of(now),
                        isThere ? Optional.empty() : Optional.of(now));
        agenda.consider(wanted, Optional.of(row), now);
    }

    private List<Wanted> wanted(RunView view) {
        var all = new ArrayList<Wanted>();
        var root = epoch + "/" + Question.run(view.run().id()) + "/card";
        for (var post : Render.posts(view, takesClicks)) {
            boolean isPrompt = post.isInThread() && !post.isClosed();
            all.add(
                    new Wanted(
                            epoch + "/" + post.key(),
                            isPrompt ? Rank.PROMPT : Rank.LEVEL,
                            post.isInThread() ? Optional.of(root) : Optional.empty(),
                            Optional.empty(),
                            ours(post.document()),
                            Optional.empty(),
                            post.closedAt(),
                            Optional.empty()));
        }
        all.addAll(logs(view, root));
        for (var notice : Notices.of(view)) {
            all.add(
                    new Wanted(
                            epoch + "/" + notice.key(),
                            Rank.NOTICE,
                            Optional.of(root),
                            Optional.empty(),
                            notice.document(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(notice.expiresAt())));
        }
        return all;
    }

    /** An attempt that has ended. */
    private record Ended(StepVisit step, int attempt, Instant at) {}

    /** What each attempt printed that has ended; what is shown already is not read again. */
    private List<Wanted> logs(RunView view, String root) {
        var run = view.run().id();
        var ended = new HashMap<String, Ended>();
        for (var it : ended(view)) {
            var key = "%s/%s/%d/log".formatted(epoch, Question.step(run, it.step()), it.attempt());
            if (!agenda.isOver(key)) ended.put(key, it);
        }
        var rows = rows(ended.keySet());
        var all = new ArrayList<Wanted>();
        ended.forEach(
                (key, it) -> {
                    boolean isShown =
                            Optional.ofNullable(rows.get(key)).filter(PostRow::closed).isPresent();
                    var output =
                            isShown
                                    ? Optional.<Document>empty()
                                    : views.output(run, it.step(), it.attempt())
                                            .filter(printed -> printed.bytes() > 0)
                                            .map(out -> Render.log(view, it.step().step(), out));
                    if (output.isEmpty()) {
                        agenda.over(key); // it has ended, so it prints nothing any more
                        return;
                    }
                    all.add(
                            new Wanted(
                                    key,
                                    Rank.LEVEL,
                                    Optional.of(root),
                                    Optional.empty(),
                                    output.get(),
                                    Optional.empty(),
                                    Optional.of(it.at()),
                                    Optional.empty()));
                });
        return all;
    }

    private static List<Ended> ended(RunView view) {
        var ended = new ArrayList<Ended>();
        int attempt = 1;
        for (var event : view.events()) {
            switch (event) {
                case RunEvent.StepStarted it -> attempt = it.attempt();
                case RunEvent.StepSucceeded it -> ended.add(new Ended(it.step(), attempt, it.at()));
                case RunEvent.StepFailed it -> ended.add(new Ended(it.step(), attempt, it.at()));
                default -> {}
            }
        }
        return ended;
    }

    /** Controls say which store they are about: after a restore old ones hit nothing. */
    private Document ours(Document document) {
        var controls =
                document.controls().stream()
                        .map(
                                it ->
                                        new Control(
                                                epoch + "/" + it.id(),
                                                it.label(),
                                                it.ask(),
                                                it.mark()))
                        .toList();
        return new Document(
                document.title(),
                document.blocks(),
                document.mentions(),
                controls,
                document.isLoud());
    }
}

package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Schedules;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What rooms are told of the service itself (CHAT §2): that it is up, that it ends, which runs a
 * crash has interrupted, which scheduled starts were missed. Kept like answers, for the reconcilers
 * to show.
 *
 * <p>Threading: for the thread that opens and closes the service; what was missed from any.
 */
public final class ServiceLines {
    /** Is set while the service is up: who finds it at a start knows that the last one crashed. */
    private static final String UP = "service_up";

    private final Store store;
    private final RunViews views;
    private final InstantSource clock;
    private final String epoch;

    /** Lines about a service with this store. */
    public ServiceLines(Store store, RunViews views, InstantSource clock) {
        this.store = store;
        this.views = views;
        this.clock = clock;
        this.epoch = store.read(reads -> reads.node().epoch());
    }

    /**
     * A room that is told.
     *
     * @param connector its name in the roster
     * @param shows whether runs of this SOP are shown there
     */
    public record Place(String connector, String room, Predicate<String> shows) {}

    /** Before anything goes on: afterwards nobody knows what was interrupted. */
    public void started(List<Place> places, int sops, int broken) {
        var now = clock.instant();
        var going =
                views.active().stream()
                        .filter(
                                it ->
                                        it.run().state() instanceof Active(_, var phase)
                                                && phase instanceof Phase.Executing)
                        .toList();
        var up = Notices.started(sops, broken, views.active().size());
        boolean crashed = store.<Boolean>read(it -> it.node().setting(UP).isPresent());
        var rows = new ArrayList<PostRow>();
        for (var place : places) {
            rows.add(row(place, "start", up, now));
            if (!crashed) continue;
            for (var view : going) {
                if (!place.shows().test(view.run().name())) continue;
                rows.add(row(place, view.run().id().toString(), Notices.interrupted(view), now));
            }
        }
        store.write(
                tx -> {
                    rows.forEach(tx.chat()::put);
                    tx.node().set(UP, now.toString());
                });
    }

    /** Scheduled times were missed: to be written together with that. */
    public Store.Change missed(List<Place> places, Schedules.Absence absence) {
        var entry = absence.missed().entry();
        var sop = entry.sop().name();
        boolean byHand =
                !absence.caughtUp()
                        && entry.sop().triggers().stream()
                                .anyMatch(Trigger.Manual.class::isInstance);
        var document = Notices.missed(sop, absence.text(), byHand);
        var rows =
                places.stream()
                        .filter(it -> it.shows().test(sop))
                        .map(it -> row(it, "missed/" + entry.topic(), document, absence.to()))
                        .toList();
        return tx -> rows.forEach(tx.chat()::put);
    }

    /**
     * Another roster holds: people who have one more account are told on the others.
     *
     * @return keys of the lines that say so
     */
    public List<String> adopted(List<Place> places, Roster before, Roster now) {
        var added = new TreeMap<String, Set<Identity>>();
        before.people()
                .forEach(
                        (name, person) -> {
                            var more = new TreeSet<Identity>();
                            Optional.ofNullable(now.people().get(name))
                                    .ifPresent(it -> more.addAll(it.identities()));
                            more.removeAll(person.identities());
                            if (!more.isEmpty()) added.put(name, more);
                        });
        if (added.isEmpty()) return List.of();
        var document = Notices.accounts(added);
        var rows =
                places.stream().map(it -> row(it, "accounts", document, clock.instant())).toList();
        store.write(tx -> rows.forEach(tx.chat()::put));
        return rows.stream().map(PostRow::key).distinct().toList();
    }

    /**
     * The roster on disk is another one, or broken, or good again: who is asked and who may do what
     * concerns everybody.
     *
     * @param text what is to be told, with both digests where one took the place of another
     * @return keys of the lines that say so
     */
    public List<String> roster(List<Place> places, String text) {
        var now = clock.instant();
        var rows = places.stream().map(it -> row(it, "roster", Document.line(text), now)).toList();
        store.write(tx -> rows.forEach(tx.chat()::put));
        return rows.stream().map(PostRow::key).distinct().toList();
    }

    /**
     * The service ends as it was told to.
     *
     * @return keys of the lines that say so
     */
    public List<String> stopping(List<Place> places) {
        var now = clock.instant();
        var rows = places.stream().map(it -> row(it, "stop", Notices.stopped(), now)).toList();
        store.write(
                tx -> {
                    rows.forEach(tx.chat()::put);
                    tx.node().clear(UP);
                });
        return rows.stream().map(PostRow::key).distinct().toList();
    }

    private PostRow row(Place place, String what, Document document, Instant now) {
        var key = "%s/service/%d/%s".formatted(epoch, now.toEpochMilli(), what);
        return Answers.row(
                place.connector(),
                key,
                place.room(),
                Optional.empty(),
                document,
                Optional.empty(),
                now);
    }
}

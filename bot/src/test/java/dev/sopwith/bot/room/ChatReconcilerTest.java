package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.CrashingStore;
import dev.sopwith.engine.store.Store;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** What a room shows follows from the store, whatever happens on the way. */
class ChatReconcilerTest {
    private static final int SETTLE_MAX = 10_000;

    @TempDir private Path folder;
    private final FakeNetwork red = new FakeNetwork();
    private final FakeNetwork blue = new FakeNetwork();
    private House house;
    private ChatReconciler toRed;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        toRed = to("red", red, house.store);
    }

    private ChatReconciler to(String name, FakeNetwork network, Store store) {
        return to(name, network.connect(), store);
    }

    private ChatReconciler to(String name, Connector connector, Store store) {
        var reconciler =
                new ChatReconciler(
                        name,
                        connector,
                        store,
                        house.views(store),
                        sop -> house.shows(name, sop),
                        house.clock);
        house.engine.listen(reconciler::look);
        return reconciler;
    }

    /** Lets time go on until there is nothing more to do. */
    private void settle(ChatReconciler reconciler) {
        var next = reconciler.settle();
        for (int i = 0; next.isPresent(); i++) {
            assertThat(i).as("still not as it should be, due " + next.get()).isLessThan(SETTLE_MAX);
            if (next.get().isAfter(house.now)) house.now = next.get();
            next = reconciler.settle();
        }
    }

    private static List<String> titles(FakeNetwork network) {
        return network.messages().values().stream()
                .map(it -> it.document().plain().lines().findFirst().orElse(""))
                .toList();
    }

    private static OutboundMessage message(FakeNetwork network, String keyEnd) {
        return network.messages().values().stream()
                .filter(it -> it.key().endsWith(keyEnd))
                .findFirst()
                .orElseThrow(() -> new AssertionError(keyEnd + " is not in " + titles(network)));
    }

    private static String id(FakeNetwork network, String keyEnd) {
        return network.messages().entrySet().stream()
                .filter(it -> it.getValue().key().endsWith(keyEnd))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_run_has_a_card_and_what_it_asks_is_in_its_thread() {
        house.atGate("deploy");
        settle(toRed);

        var prompt = message(red, "/gate/1");
        assertThat(prompt.threadId()).hasValue(id(red, "run/1/card"));
        assertThat(prompt.document().plain()).contains("needs a yes", "votes: 0 of 2");
        assertThat(message(red, "/card").threadId()).isEmpty();
        assertThat(message(red, "/person/1").document().plain()).contains("done");
        assertThat(red.messages()).hasSize(3);
    }

    @Test
    void keys_and_controls_contain_the_epoch_of_the_store() {
        house.atGate("deploy");
        settle(toRed);

        var epoch = house.store.<String>read(it -> it.node().epoch());
        assertThat(red.messages().values()).allMatch(it -> it.key().startsWith(epoch + "/"));
        assertThat(message(red, "/gate/1").document().controls())
                .allMatch(it -> it.id().startsWith(epoch + "/run/1/step/2/1/gate/1/"));
    }

    @Test
    void a_message_is_edited_every_three_seconds_at_most_and_ends_with_the_last_state() {
        var run = house.atGate("deploy");
        settle(toRed);

        house.approve(run, "bob");
        toRed.settle();
        assertThat(message(red, "/gate/1").document().plain()).contains("votes: 0 of 2");
        house.withdraw(run, "bob");
        house.approve(run, "carol");
        house.now = house.now.plusSeconds(3);
        toRed.settle();
        assertThat(message(red, "/gate/1").document().plain())
                .contains("votes: 1 of 2: carol")
                .doesNotContain("fake:bob");
    }

    @Test
    void the_pause_begins_when_a_slow_room_has_taken_an_edit() {
        var edited = new ArrayList<Instant>();
        var slow = slow(red.connect(), edited);
        var toSlow =
                new ChatReconciler(
                        "slow",
                        slow,
                        house.store,
                        house.views(house.store),
                        _ -> true,
                        house.clock);
        house.engine.listen(toSlow::look);
        var run = house.atGate("deploy");
        settle(toSlow);
        edited.clear();
        for (int i = 0; i < 3; i++) {
            house.approve(run, "bob");
            settle(toSlow);
            house.withdraw(run, "bob");
            settle(toSlow);
        }
        assertThat(edited).hasSizeGreaterThanOrEqualTo(4);
        for (int i = 1; i < edited.size(); i++) {
            // It takes two seconds itself, and begins three after the one before.
            assertThat(Duration.between(edited.get(i - 1), edited.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        }
    }

    /** Every edit takes two seconds; they are noted when they are through. */
    private Connector slow(Connector real, List<Instant> edited) {
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) -> {
                            var result = method.invoke(real, arguments);
                            if (method.getName().equals("update")) {
                                house.now = house.now.plusSeconds(2);
                                edited.add(house.now);
                            }
                            return result;
                        });
    }

    @Test
    void the_pause_between_edits_doubles_while_there_are_too_many() {
        var run = house.atGate("deploy");
        settle(toRed);
        house.now = house.now.plusSeconds(60);
        house.approve(run, "bob");
        red.isFlooded(3);
        var before = house.now;
        settle(toRed);

        assertThat(message(red, "/gate/1").document().plain()).contains("1 of 2: bob");
        assertThat(Duration.between(before, house.now))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void prompts_go_before_everything_else() {
        house.start("db-copy");
        house.start("deploy");
        var run = house.atGate("deploy");
        settle(toRed);
        house.now = house.now.plusSeconds(60);
        red.goDown();
        house.approve(run, "bob");
        house.approve(run, "carol"); // receipts, a closed prompt, and a new one
        var _ = toRed.settle();
        red.comeBack();
        int known = red.messages().size();
        settle(toRed);

        var ids = List.copyOf(red.messages().values());
        assertThat(ids.get(known).document().plain()).contains("is for people");
    }

    @Test
    void many_posts_are_announced_and_kept_together() {
        var counting = new CrashingStore(house.store, Integer.MAX_VALUE, true);
        for (int i = 0; i < 100; i++) house.start("deploy");
        settle(to("red", red, counting));

        assertThat(red.messages()).hasSize(200);
        assertThat(counting.commits()).isLessThan(100);
    }

    @Test
    void what_is_announced_and_not_sent_is_not_taken_for_sent() {
        for (int i = 0; i < 5; i++) house.start("deploy");
        toRed = to("red", taking(red.connect(), 2), house.store);
        house.now = house.now.plusSeconds(1);
        var _ = toRed.settle();

        var rows = house.store.<List<PostRow>>read(it -> it.chat().openPosts("red"));
        assertThat(rows).hasSize(3); // two that are there, one that may be
        settle(to("red", red, house.store));
        assertThat(red.messages()).hasSize(10);
    }

    /** Takes so many messages, then asks not to be bothered. */
    private static Connector taking(Connector real, int max) {
        var left = new AtomicInteger(max);
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) ->
                                method.getName().equals("send") && left.decrementAndGet() < 0
                                        ? SendResult.tooMany(Duration.ofHours(1))
                                        : method.invoke(real, arguments));
    }

    @Test
    void an_answer_does_not_wait_for_edits_that_are_on_their_way() {
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 20; i++) runs.add(house.start("deploy"));
        settle(toRed);
        house.now = house.now.plusSeconds(60);
        runs.forEach(it -> house.cancel(it, "alice"));
        var sent = new ArrayList<String>();
        toRed = to("red", asking(red.connect(), sent), house.store);
        settle(toRed);

        assertThat(sent).hasSizeGreaterThan(40);
        assertThat(sent.get(1)).isEqualTo("answer/one");
    }

    /** Somebody asks something while the first message or edit is on its way. */
    private Connector asking(Connector real, List<String> sent) {
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) -> {
                            if (Set.of("send", "update").contains(method.getName())) {
                                var last = (OutboundMessage) arguments[arguments.length - 1];
                                sent.add(last.key());
                                if (sent.size() == 1) answer("one", 600);
                            }
                            return method.invoke(real, arguments);
                        });
    }

    /** The service dies at this message or edit: before the network has it, or after. */
    private static Connector dying(Connector real, int at, boolean taken) {
        var calls = new AtomicInteger();
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) -> {
                            boolean isSent = Set.of("send", "update").contains(method.getName());
                            int call = isSent ? calls.incrementAndGet() : 0;
                            if (call > at || (call == at && !taken))
                                throw new CrashingStore.Crash();
                            var result = method.invoke(real, arguments);
                            if (call == at) throw new CrashingStore.Crash();
                            return result;
                        });
    }

    @Test
    void a_deleted_prompt_is_posted_again() {
        var run = house.atGate("deploy");
        settle(toRed);
        var old = id(red, "/gate/1");
        assertThat(red.deletes(old)).isTrue();

        house.approve(run, "bob");
        settle(toRed);

        var again = message(red, "/gate/1/copy/2");
        assertThat(again.document().plain()).contains("votes: 1 of 2: bob");
        assertThat(id(red, "/gate/1/copy/2")).isNotEqualTo(old);
    }

    @Test
    void a_message_whose_answer_got_lost_is_looked_up_before_it_is_repeated() {
        house.start("deploy");
        red.loseNextAnswer();
        var _ = toRed.settle();
        red.forgetKeys();
        house.now = house.now.plus(Duration.ofMinutes(2));
        settle(to("red", red, house.store));

        assertThat(titles(red)).filteredOn(it -> it.contains("R-1 deploy: ")).hasSize(1);
    }

    @Test
    void what_an_edit_without_an_answer_shows_is_not_guessed() {
        var run = house.atGate("deploy");
        settle(toRed);
        house.now = house.now.plusSeconds(60);
        house.approve(run, "bob");
        red.loseNextAnswer();
        var _ = toRed.settle();
        assertThat(message(red, "/gate/1").document().plain()).contains("votes: 1 of 2");
        house.withdraw(run, "bob"); // the prompt is what it was when its answer came

        settle(to("red", red, house.store));
        assertThat(message(red, "/gate/1").document().plain()).contains("votes: 0 of 2");
    }

    @Test
    void what_is_decided_in_one_room_is_closed_in_all() {
        var toBlue = to("blue", blue, house.store);
        var run = house.atGate("deploy");
        settle(toRed);
        settle(toBlue);

        house.deny(run, "bob");
        settle(toRed);
        settle(toBlue);

        for (var network : List.of(red, blue)) {
            var prompt = message(network, "/gate/1").document();
            assertThat(prompt.plain()).contains("denied").contains("fake:bob");
            assertThat(prompt.controls()).isEmpty();
        }
    }

    @Test
    void a_run_is_shown_only_where_its_route_leads() {
        house.route("db-*", "blue");
        var toBlue = to("blue", blue, house.store);
        house.start("db-copy");
        settle(toRed);
        settle(toBlue);

        assertThat(red.messages()).isEmpty();
        assertThat(blue.messages()).isNotEmpty();
    }

    @Test
    void what_is_shown_elsewhere_from_now_on_is_closed_here() {
        house.atGate("db-copy");
        settle(toRed);
        house.route("db-*", "blue");
        toRed.lookAtAll();
        settle(toRed);

        assertThat(message(red, "/gate/1").document().plain()).contains("shown elsewhere");
        assertThat(message(red, "/gate/1").document().controls()).isEmpty();
    }

    @Test
    void an_answer_is_shown_once_and_not_after_it_has_expired() {
        answer("one", 600);
        answer("two", 5);
        red.goDown();
        var _ = toRed.settle();
        house.now = house.now.plusSeconds(10);
        red.comeBack();
        settle(toRed);
        settle(to("red", red, house.store));

        assertThat(titles(red)).containsExactly("one");
        assertThat(house.store.<List<PostRow>>read(it -> it.chat().openPosts("red"))).isEmpty();
    }

    private void answer(String text, int seconds) {
        var row =
                new PostRow(
                        "red",
                        "answer/" + text,
                        "room",
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.of(
                                new StoredPost(
                                                Optional.empty(),
                                                Document.line(text),
                                                Optional.empty())
                                        .json()),
                        OptionalLong.of(house.now.plusSeconds(seconds).toEpochMilli()),
                        house.now.toEpochMilli());
        house.store.write(tx -> tx.chat().put(row));
        toRed.show(row.key());
    }

    @Test
    void messages_from_before_a_restore_count_no_more() {
        var old =
                new PostRow(
                        "red",
                        "0123456789abcdef/run/1/card",
                        "room",
                        red.connect().send(message("old")).messageId(),
                        Optional.of("1:x"),
                        false,
                        Optional.empty(),
                        OptionalLong.empty(),
                        house.now.toEpochMilli());
        house.store.write(tx -> tx.chat().put(old));
        house.start("deploy");
        settle(toRed);

        assertThat(titles(red).getFirst()).contains("restored from a backup");
        assertThat(titles(red)).anyMatch(it -> it.startsWith("R-1 deploy"));
    }

    private static OutboundMessage message(String key) {
        return new OutboundMessage(
                key, "room", Optional.empty(), Document.line("R-1 old"), List.of());
    }

    @Test
    void what_ended_long_ago_is_not_news() {
        house.cancel(house.start("deploy"), "alice");
        house.now = house.now.plus(Duration.ofDays(2));
        settle(toRed);

        assertThat(red.messages()).isEmpty();
    }

    // Whatever happens on the way

    static LongStream seeds() {
        return Long.getLong("sopwith.seed") == null
                ? LongStream.range(0, 60)
                : LongStream.of(Long.getLong("sopwith.seed"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_final_room_is_the_wanted_one_whatever_fails_on_the_way(long seed) {
        var random = new SplittableRandom(seed);
        var runs = new ArrayList<RunId>();
        var deleted = new HashSet<String>();
        for (int i = 0; i < 80; i++) {
            live(random, runs);
            break_(random, deleted);
            if (random.nextInt(3) == 0) house.now = house.now.plusSeconds(random.nextInt(200));
            try {
                var _ = toRed.settle();
            } catch (CrashingStore.Crash _) {
                toRed = to("red", red, house.store);
            }
        }
        red.comeBack();
        red.refuseNext(0);
        red.isFlooded(0);
        toRed = to("red", red, house.store);
        settle(toRed);

        var shown = shown();
        var wanted = wanted(runs, deleted);
        for (var one : wanted.entrySet()) {
            assertThat(shown.get(one.getKey()))
                    .as("seed %d: %s", seed, one.getKey())
                    .isEqualTo(one.getValue());
        }
        assertThat(toRed.settle()).isEmpty();
    }

    /** People do something with a run. */
    private void live(SplittableRandom random, List<RunId> runs) {
        int more = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0;
        for (int i = 0; i < more && runs.size() < 12; i++) runs.add(house.start("deploy"));
        if (runs.isEmpty()) return;
        var run = runs.get(random.nextInt(runs.size()));
        var person = random.nextBoolean() ? "bob" : "carol";
        switch (house.phase(run).orElse(null)) {
            case Phase.AtPerson _ -> house.done(run, person);
            case Phase.AtGate _ -> {
                switch (random.nextInt(12)) {
                    case 0 -> house.deny(run, person);
                    case 1, 2, 3 -> house.approve(run, person);
                    case 4, 5, 6 -> house.withdraw(run, person);
                    case 7 -> house.cancel(run, person);
                    default -> house.tick(run);
                }
            }
            case null, default -> {}
        }
    }

    /** Something goes wrong with the room, the network or the service. */
    private void break_(SplittableRandom random, Set<String> deleted) {
        switch (random.nextInt(16)) {
            case 0 -> red.goDown();
            case 1, 2 -> red.comeBack();
            case 3, 4 -> red.loseNextAnswer();
            case 5 -> red.refuseNext(random.nextInt(4));
            case 6 -> red.isFlooded(random.nextInt(4));
            case 7, 8, 9 -> {
                int at = 1 + random.nextInt(6);
                toRed = to("red", red, new CrashingStore(house.store, at, random.nextBoolean()));
            }
            case 11, 12 -> {
                int at = 1 + random.nextInt(10);
                var dying = dying(red.connect(), at, random.nextBoolean());
                toRed = to("red", dying, house.store);
            }
            case 10 -> {
                var ids = List.copyOf(red.messages().keySet());
                if (ids.isEmpty()) return;
                var id = ids.get(random.nextInt(ids.size()));
                if (red.deletes(id)) deleted.add(id);
            }
            default -> {}
        }
    }

    /** What the room shows by key; one message for each. */
    private Map<String, String> shown() {
        var shown = new TreeMap<String, String>();
        for (var message : red.messages().values()) {
            var key = message.key().replaceFirst("/copy/\\d+$", "");
            assertThat(shown.put(key, message.document().plain())).as(key + " twice").isNull();
        }
        return shown;
    }

    private Map<String, String> wanted(List<RunId> runs, Set<String> deleted) {
        var epoch = house.store.<String>read(it -> it.node().epoch());
        var wanted = new TreeMap<String, String>();
        for (var run : runs) {
            var view = house.views(house.store).of(run).orElseThrow();
            Render.posts(view, true).forEach(it -> wanted.put(it.key(), it.document().plain()));
            Notices.of(view).stream()
                    .filter(it -> it.expiresAt().isAfter(house.now))
                    .forEach(it -> wanted.put(it.key(), it.document().plain()));
        }
        var all = new TreeMap<String, String>();
        wanted.forEach(
                (key, text) -> {
                    if (!isGone(epoch + "/" + key, deleted)) all.put(epoch + "/" + key, text);
                });
        return all;
    }

    /** Whether somebody has deleted it, and nothing that came after has brought it back. */
    private boolean isGone(String key, Set<String> deleted) {
        return house.store
                .<Optional<PostRow>>read(it -> it.chat().post("red", key))
                .flatMap(PostRow::messageId)
                .filter(deleted::contains)
                .isPresent();
    }
}

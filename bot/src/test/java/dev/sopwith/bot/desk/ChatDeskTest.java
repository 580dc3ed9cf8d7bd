package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bot.room.ChatReconciler;
import dev.sopwith.bot.room.House;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.store.CrashingStore;
import dev.sopwith.engine.store.Store;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** What people do in a room is done once, and answered. */
class ChatDeskTest {
    @TempDir private Path folder;
    private final FakeNetwork network = new FakeNetwork();
    private House house;
    private ChatReconciler reconciler;
    private ChatDesk desk;
    private int events;
    private Instant said;

    @BeforeEach
    void open() throws Exception {
        open("{approvers: [alice, bob, carol], quorum: 2}");
    }

    private void open(String policy) throws Exception {
        house = new House(folder, policy);
        said = house.now;
        reconciler =
                new ChatReconciler(
                        "red",
                        network.connect(),
                        house.store,
                        house.views(house.store),
                        _ -> true,
                        house.clock);
        house.engine.listen(reconciler::look);
        desk = desk(house.store, true);
    }

    private ChatDesk desk(Store store, boolean trustsServer) {
        return desk(store, trustsServer, new LinkCodes(new Random(7)));
    }

    private ChatDesk desk(Store store, boolean trustsServer, LinkCodes links) {
        var rights = new Rights(() -> house.roster, "svc");
        var deeds =
                new Deeds(
                        house.engine,
                        Installation.of(() -> house.sops),
                        rights,
                        house.overview,
                        new Planner(house.engine, House.WORLD),
                        links,
                        house.views(house.store),
                        house.clock);
        return new ChatDesk(
                new ChatDesk.Room("red", trustsServer, _ -> true),
                deeds,
                rights,
                house.overview,
                store,
                reconciler::show,
                house.clock);
    }

    // What people do

    private void hear(InboundEvent... events) {
        desk.hear(new Connector.Heard(List.of(events), "s" + this.events));
    }

    private InboundEvent asks(String person, String text) {
        return message(person, Optional.empty(), Optional.empty(), true, text);
    }

    private InboundEvent message(
            String person,
            Optional<String> thread,
            Optional<String> replyTo,
            boolean isAddressed,
            String text) {
        return new InboundEvent.Message(
                "e" + ++events, "room", thread, replyTo, "fake:" + person, isAddressed, text, said);
    }

    private InboundEvent marks(String person, String messageId, String mark) {
        return new InboundEvent.Reaction(
                "e" + ++events, "room", messageId, "fake:" + person, mark, said);
    }

    private InboundEvent unmarks(String person, String messageId, String mark) {
        return new InboundEvent.ReactionRemoved(
                "e" + ++events, "room", messageId, "fake:" + person, mark, said);
    }

    private InboundEvent writesWithoutKey(String person) {
        return new InboundEvent.Unreadable("e" + ++events, "room", "fake:" + person, said);
    }

    private InboundEvent presses(String person, String control) {
        return new InboundEvent.Button(
                "e" + ++events, "room", "m1", "fake:" + person, control, said);
    }

    private InboundEvent fillsIn(String person, String control, Map<String, String> fields) {
        return new InboundEvent.Modal(
                "e" + ++events, "room", "m1", "fake:" + person, control, fields, said);
    }

    // What the room shows

    private void settle() {
        var next = reconciler.settle();
        while (next.isPresent()) {
            if (next.get().isAfter(house.now)) house.now = next.get();
            next = reconciler.settle();
        }
    }

    private List<String> answers() {
        settle();
        return network.messages().values().stream()
                .filter(it -> it.key().contains("/answer/"))
                .map(it -> it.document().plain())
                .toList();
    }

    private String prompt(RunId run) {
        settle();
        return network.messages().entrySet().stream()
                .filter(it -> it.getValue().key().contains("run/" + run.number() + "/step/2"))
                .filter(it -> it.getValue().key().endsWith("/gate/1"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private String control(RunId run, String word) {
        var id = prompt(run);
        return Objects.requireNonNull(network.messages().get(id)).document().controls().stream()
                .map(it -> it.id())
                .filter(it -> it.endsWith("/" + word))
                .findFirst()
                .orElseThrow();
    }

    private List<String> texts() {
        settle();
        return network.messages().values().stream()
                .map(OutboundMessage::document)
                .map(it -> it.plain())
                .toList();
    }

    // Words

    @Test
    void a_run_is_started_by_whoever_may_and_the_answer_says_how_it_stands() {
        hear(asks("alice", "run deploy"));

        assertThat(answers()).singleElement().asString().contains("R-1 deploy: waits for people");
    }

    @Test
    void what_somebody_may_not_is_answered() {
        hear(asks("carol", "run deploy"));

        assertThat(answers()).singleElement().asString().contains("fake:carol may not run it");
        assertThat(house.overview.active()).isEmpty();
    }

    @Test
    void words_that_are_no_command_are_answered_with_what_to_write() {
        hear(asks("alice", "aprove k7p2q"));

        assertThat(answers()).singleElement().asString().contains("did you mean \"approve\"");
    }

    @Test
    void a_reason_is_as_long_as_people_read_and_no_longer() {
        var run = house.atGate("deploy");
        var tooLong = "x".repeat(Deeds.NOTE_MAX + 1);
        hear(asks("alice", "cancel R-1 " + tooLong));
        hear(fillsIn("bob", control(run, "deny"), Map.of("reason", tooLong)));

        assertThat(answers())
                .hasSize(2)
                .allMatch(it -> it.contains("1,000 characters at most, this one has 1,001"));
        assertThat(house.phase(run)).containsInstanceOf(Phase.AtGate.class);

        hear(asks("alice", "cancel R-1 " + "😀".repeat(Deeds.NOTE_MAX)));
        assertThat(house.outcome(run)).isEqualTo("CANCELLED");
    }

    @Test
    void talk_is_not_answered() {
        var run = house.start("deploy");
        settle();
        var card = network.messages().keySet().iterator().next();
        hear(message("alice", Optional.empty(), Optional.empty(), false, "status"));
        hear(message("alice", Optional.of(card), Optional.empty(), false, "skip lunch?"));

        assertThat(answers()).isEmpty();
        assertThat(house.phase(run)).containsInstanceOf(Phase.AtPerson.class);
    }

    @Test
    void in_a_thread_a_bare_verb_means_its_run_and_is_answered_there() {
        house.start("deploy");
        var run = house.start("deploy");
        settle();
        var card =
                network.messages().entrySet().stream()
                        .filter(it -> it.getValue().key().endsWith("run/2/card"))
                        .map(Map.Entry::getKey)
                        .findFirst();
        hear(message("bob", card, Optional.empty(), false, "done"));

        assertThat(house.phase(run)).containsInstanceOf(Phase.AtGate.class);
        assertThat(answers()).singleElement().asString().contains("R-2");
        assertThat(network.messages().values())
                .filteredOn(it -> it.key().contains("/answer/"))
                .allMatch(it -> it.threadId().equals(card));
    }

    @Test
    void a_secret_is_not_taken_from_a_room() {
        hear(asks("alice", "run secret pw=hunter2"));

        assertThat(answers())
                .singleElement()
                .asString()
                .contains("others read along")
                .doesNotContain("hunter2");
        assertThat(house.overview.last(9)).isEmpty();
    }

    // Forms

    private InboundEvent form(String person, String text, Map<String, String> fields) {
        return new InboundEvent.Form(
                "e" + ++events, "room", Optional.empty(), "fake:" + person, text, fields, said);
    }

    @Test
    void a_form_takes_a_secret_for_nobody_reads_along() {
        hear(form("alice", "run secret", Map.of("pw", "hunter2")));

        assertThat(house.overview.last(9)).hasSize(1);
        assertThat(texts()).noneMatch(it -> it.contains("hunter2"));
        assertThat(answers()).singleElement().asString().contains("R-1");
    }

    @Test
    void a_form_without_what_is_needed_or_with_other_words_starts_nothing_and_says_why() {
        hear(form("alice", "run secret", Map.of("pw", "")));
        hear(form("alice", "run nothing-like-it", Map.of()));
        hear(form("alice", "runn secret", Map.of("pw", "hunter2")));

        assertThat(house.overview.last(9)).isEmpty();
        assertThat(answers()).hasSize(3).noneMatch(it -> it.contains("hunter2"));
        assertThat(answers()).anyMatch(it -> it.contains("pw"));
    }

    @Test
    void a_form_that_was_heard_late_starts_nothing() {
        house.now = house.now.plus(Duration.ofHours(2));
        hear(form("alice", "run secret", Map.of("pw", "hunter2")));

        assertThat(house.overview.last(9)).isEmpty();
        assertThat(answers()).singleElement().asString().contains("heard only now");
    }

    @Test
    void a_form_of_somebody_who_may_not_starts_nothing() {
        hear(form("carol", "run secret", Map.of("pw", "hunter2")));

        assertThat(house.overview.last(9)).isEmpty();
        assertThat(answers()).singleElement().asString().doesNotContain("hunter2", "R-1");
    }

    // Votes

    @Test
    void marks_are_votes_and_the_receipt_says_that_they_count() {
        var run = house.atGate("deploy");
        var prompt = prompt(run);
        hear(marks("bob", prompt, "✅"));

        assertThat(texts()).anyMatch(it -> it.contains("counted 1 of 2: fake:bob, by click"));
        assertThat(answers()).isEmpty();
        hear(marks("carol", prompt, "✅"));
        assertThat(house.phase(run)).containsInstanceOf(Phase.AtPerson.class);
    }

    @Test
    void a_mark_that_is_taken_back_is_a_vote_withdrawn() {
        var run = house.atGate("deploy");
        var prompt = prompt(run);
        hear(marks("bob", prompt, "✅"), unmarks("bob", prompt, "✅"));

        assertThat(house.gate(run).votes()).isEmpty();
        assertThat(texts()).anyMatch(it -> it.contains("took a yes back; now 0 of 2"));
    }

    @Test
    void a_cross_is_a_no() {
        var run = house.atGate("deploy");
        hear(marks("bob", prompt(run), "❌"));

        assertThat(house.outcome(run)).isEqualTo("DENIED");
    }

    @Test
    void what_is_said_to_a_mark_stands_in_the_thread_of_its_run() {
        var prompt = prompt(house.atGate("deploy"));
        var thread = Objects.requireNonNull(network.messages().get(prompt)).threadId();
        hear(marks("bob", prompt, "✅"), marks("bob", prompt, "✅"));
        settle();

        assertThat(thread).isPresent();
        assertThat(network.messages().values())
                .filteredOn(it -> it.key().contains("/answer/"))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.document().plain()).contains("not counted");
                            assertThat(it.threadId()).isEqualTo(thread);
                        });
    }

    @Test
    void other_marks_and_marks_elsewhere_mean_nothing() {
        var run = house.atGate("deploy");
        var prompt = prompt(run);
        hear(marks("bob", prompt, "🎉"), marks("bob", "m999", "✅"));

        assertThat(house.gate(run).votes()).isEmpty();
        assertThat(answers()).isEmpty();
    }

    @Test
    void a_vote_that_does_not_count_says_why() {
        var run = house.atGate("deploy");
        var prompt = prompt(run);
        hear(marks("bob", prompt, "✅"), marks("bob", prompt, "✅"));

        assertThat(answers())
                .singleElement()
                .asString()
                .contains("not counted: you have voted already");
    }

    @Test
    void a_press_on_a_prompt_that_is_over_changes_nothing_and_says_so() {
        var run = house.atGate("deploy");
        var approve = control(run, "approve");
        house.approve(run, "bob");
        house.approve(run, "carol");
        hear(presses("alice", approve));

        assertThat(answers()).singleElement().asString().contains("not counted: ");
        assertThat(house.phase(run)).containsInstanceOf(Phase.AtPerson.class);
    }

    @Test
    void a_press_on_a_prompt_of_another_store_hits_nothing() {
        var run = house.atGate("deploy");
        var old = control(run, "deny").replaceFirst("^[0-9a-f]+", "0123456789abcdef");
        hear(presses("bob", old), presses("bob", "run/0/step/x"), presses("bob", ""));

        assertThat(house.outcome(run)).isEmpty();
        assertThat(answers()).hasSize(3).allMatch(it -> it.contains("before a restore"));
    }

    @Test
    void where_the_code_is_needed_a_click_is_not_enough() throws Exception {
        open("{approvers: [bob, carol], assurance: typed}");
        var run = house.atGate("deploy");
        var prompt = prompt(run);
        hear(marks("bob", prompt, "✅"));
        hear(message("bob", Optional.empty(), Optional.of(prompt), true, "approve"));
        hear(fillsIn("bob", control(run, "approve"), Map.of("code", "wrong")));
        assertThat(answers())
                .hasSize(3)
                .first()
                .asString()
                .contains("not counted: this needs the typed code");
        assertThat(house.gate(run).votes()).isEmpty();

        hear(fillsIn("bob", control(run, "approve"), Map.of("code", house.gate(run).code())));
        assertThat(house.phase(run)).containsInstanceOf(Phase.AtPerson.class);
    }

    @Test
    void a_code_in_a_message_is_typed() throws Exception {
        open("{approvers: [bob, carol], assurance: typed}");
        var run = house.atGate("deploy");
        hear(asks("bob", "approve " + house.gate(run).code()));

        assertThat(house.phase(run)).containsInstanceOf(Phase.AtPerson.class);
    }

    @Test
    void where_the_server_is_not_trusted_marks_and_typed_codes_do_not_count() throws Exception {
        open("{approvers: [bob, carol], assurance: typed}");
        desk = desk(house.store, false);
        var run = house.atGate("deploy");
        hear(marks("bob", prompt(run), "✅"), asks("bob", "approve " + house.gate(run).code()));

        assertThat(house.gate(run).votes()).isEmpty();
        assertThat(answers()).hasSize(2).allMatch(it -> it.contains("not counted"));
    }

    // Strangers

    private List<String> refusals() {
        return house.store.<List<String>>read(
                it ->
                        it.trail().ofKind("refusal").stream()
                                .map(row -> row.body().orElseThrow().text())
                                .toList());
    }

    @Test
    void who_wrote_what_nobody_can_read_is_told_so_and_strangers_hear_nothing() {
        hear(writesWithoutKey("alice"), writesWithoutKey("mallory"));
        settle();
        assertThat(answers())
                .singleElement()
                .asString()
                .contains(
                        "no key came with it: nothing of it is done; write it again, in Element after the command");
    }

    @Test
    void a_stranger_is_told_once_an_hour_and_is_on_record() {
        var run = house.atGate("deploy");
        hear(asks("mallory", "run deploy"), marks("mallory", prompt(run), "✅"));
        hear(message("mallory", Optional.empty(), Optional.empty(), false, "hello all"));

        assertThat(answers()).singleElement().asString().contains("mallory is not in the roster");
        assertThat(house.gate(run).votes()).isEmpty();
        assertThat(refusals())
                .containsExactly(
                        "{\"command\":\"run deploy\",\"by\":\"fake:mallory\","
                                + "\"reason\":\"NOT_ALLOWED\",\"text\":\"not in the roster\"}",
                        "{\"command\":\"✅ on a prompt\",\"by\":\"fake:mallory\","
                                + "\"reason\":\"NOT_ALLOWED\",\"text\":\"not in the roster\"}");

        house.now = house.now.plus(Duration.ofHours(2));
        hear(asks("mallory", "run deploy"));
        assertThat(answers()).hasSize(2);
    }

    @Test
    void a_code_that_was_shown_to_one_account_proves_once_that_another_is_the_same_persons() {
        var links = new LinkCodes(new Random(7));
        desk = desk(house.store, true, links);
        var alice =
                new Speaker(new Identity("fake", "alice"), "alice", false, Speaker.Surface.SOCKET);
        var code = links.show(alice, house.now).code();
        hear(asks("alice2", "link " + code), asks("alice3", "link " + code));

        assertThat(answers().getFirst())
                .contains("fake:alice and fake:alice2 are one person's")
                .contains("alice: {fake: [\"alice\", \"alice2\"]}");
        assertThat(answers().getLast()).contains("alice3 is not in the roster");
        hear(asks("alice2", "run deploy"));
        assertThat(house.overview.active()).as("it grants nothing").isEmpty();
        assertThat(house.store.<Integer>read(it -> it.trail().ofKind("link").size())).isOne();
    }

    @Test
    void a_code_counts_for_a_short_time_for_no_others_account_and_not_for_who_guesses() {
        var links = new LinkCodes(new Random(7));
        desk = desk(house.store, true, links);
        var alice =
                new Speaker(new Identity("fake", "alice"), "alice", false, Speaker.Surface.SOCKET);
        hear(asks("bob", "link " + links.show(alice, house.now).code()));
        assertThat(answers().getLast()).contains("fake:bob is another person's");
        hear(asks("alice", "link"));
        assertThat(answers().getLast()).contains("others read along here");

        var late = links.show(alice, house.now).code();
        assertThat(links.take(late, house.now.plus(LinkCodes.LIFE))).isEmpty();
        var guessed = links.show(alice, house.now).code();
        for (int i = 0; i < LinkCodes.MISSES_MAX; i++) {
            assertThat(links.take("x" + i, house.now)).isEmpty();
        }
        assertThat(links.take(guessed, house.now)).isEmpty();
    }

    // After downtime

    @ParameterizedTest
    @CsvSource({"4, true", "6, false"})
    void what_starts_something_is_done_only_while_it_is_fresh(int minutes, boolean isDone) {
        said = house.now.minus(Duration.ofMinutes(minutes));
        hear(asks("alice", "run deploy"));

        assertThat(house.overview.active()).hasSize(isDone ? 1 : 0);
        if (!isDone) assertThat(answers().getFirst()).contains("6 min later", "not done: run");
    }

    @Test
    void votes_and_what_ends_work_count_however_late() {
        var first = house.atGate("deploy");
        var second = house.atGate("deploy");
        said = house.now.minus(Duration.ofHours(3));
        hear(marks("bob", prompt(first), "✅"), asks("bob", "cancel " + second));

        assertThat(house.gate(first).votes()).hasSize(1);
        assertThat(house.outcome(second)).isEqualTo("CANCELLED");
    }

    // Once

    @Test
    void what_is_heard_twice_is_done_and_answered_once() {
        var event = asks("alice", "run deploy");
        hear(event);
        hear(event, event);

        assertThat(house.overview.active()).hasSize(1);
        assertThat(answers()).hasSize(1);
    }

    /** Commits of one start: the run with what was heard, the answer, the position. */
    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "2,false", "2,true", "3,false", "3,true"})
    void a_crash_anywhere_does_it_once_and_answers_once(int at, boolean isKept) {
        var event = asks("alice", "run deploy");
        var crashing = crashing(at, isKept);
        assertThatThrownBy(() -> crashing.hear(new Connector.Heard(List.of(event), "s1")))
                .isInstanceOf(CrashingStore.Crash.class);

        hear(event);

        assertThat(house.overview.last(9)).hasSize(1);
        assertThat(answers()).singleElement().asString().containsAnyOf("R-1", "heard: run deploy");
    }

    private ChatDesk crashing(int at, boolean isKept) {
        var store = new CrashingStore(house.store, at, isKept);
        var engine = house.engineOver(store);
        var rights = new Rights(() -> house.roster, "svc");
        var overview = new Overview(engine, House.WORLD);
        var deeds =
                new Deeds(
                        engine,
                        Installation.of(() -> house.sops),
                        rights,
                        overview,
                        new Planner(house.engine, House.WORLD),
                        new LinkCodes(new Random(7)),
                        house.views(store),
                        house.clock);
        return new ChatDesk(
                new ChatDesk.Room("red", true, _ -> true),
                deeds,
                rights,
                overview,
                store,
                _ -> {},
                house.clock);
    }

    @Test
    void it_listens_from_where_it_has_heard() {
        house.now = Instant.now();
        network.setTime(house.now);
        try (var connector = network.connect();
                var _ = desk.listen(connector)) {
            network.asks("alice", Optional.empty(), "run deploy");
            House.await("the run", () -> !house.overview.active().isEmpty());
            House.await("the position", () -> position().isPresent());
        }
        network.asks("alice", Optional.empty(), "run deploy");
        try (var connector = network.connect();
                var _ = desk.listen(connector)) {
            House.await("the second run", () -> house.overview.active().size() == 2);
        }
    }

    private Optional<String> position() {
        return house.store.read(it -> it.chat().position("red"));
    }
}

package dev.sopwith.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.engine.chat.Document.Block;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What every connector promises (CHAT §6). */
@Timeout(60)
public abstract class ConnectorContract {
    /** What people can write that a network, a terminal or a page may take for more than text. */
    public static final List<String> HOSTILE =
            List.of(
                    "\u001b[2J\u001b[31mred",
                    "\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007",
                    "\u202e\u2066gnitirw\u2069",
                    "@everyone @here @room <@4711> <@&1>",
                    "<b onclick=x>bold</b> &lt; <script>alert(1)</script>",
                    "**bold** _it_ `code` ```fence``` [a](http://b) # h > q ~~s~~ ||spoiler||",
                    "#{pane_title} #(touch x)",
                    "\u0000\ud800\ufeff\u200b");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The network on the other side of the connector, as its people see it. */
    public interface Network {
        /** Connects the service's account, as after a restart. */
        Connector connect();

        /** The room that both are in. */
        String room();

        /** {@return the network's id of the event, as are the next two} */
        String says(String person, String text);

        String reacts(String person, String messageId, String mark);

        String takesBack(String person, String messageId, String mark);

        /** All messages of the service in the room, oldest first. */
        List<Shown> shown();

        void goDown();

        void comeBack();

        /** From now on the service's token is not worth anything. */
        void revoke();

        /** The next message is shown, and the service does not get to know. */
        void loseNextAnswer();

        /** What arrives of a text: no network carries what is no text, such as half a character. */
        default String carried(String text) {
            return text;
        }

        /**
         * A moderator deletes a message.
         *
         * @return false where that cannot be
         */
        default boolean deletes(String messageId) {
            return false;
        }
    }

    /**
     * A message as people see it.
     *
     * @param text what is to be read
     * @param called whom it mentions
     */
    public record Shown(
            String messageId, Optional<String> threadId, String text, List<String> called) {}

    private Network network;
    private Connector connector;
    private final BlockingQueue<InboundEvent> inbox = new LinkedBlockingQueue<>();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<String> positions = new LinkedBlockingQueue<>();

    /** An empty room in a new network. */
    protected abstract Network create();

    /** What its accounts begin with: its kind, unless they are somebody else's. */
    protected String accounts() {
        return connector.kind();
    }

    /** What the account of this person has in it: where accounts are numbers, theirs. */
    protected String account(String person) {
        return person;
    }

    @BeforeEach
    void connect() {
        network = create();
        connector = network.connect();
    }

    @AfterEach
    void disconnect() {
        connector.close();
    }

    private OutboundMessage message(String key, String text) {
        return message(key, Optional.empty(), Document.line(text));
    }

    private OutboundMessage message(String key, Optional<String> thread, Document document) {
        return new OutboundMessage(key, network.room(), thread, document, List.of());
    }

    private String sent(OutboundMessage message) {
        var result = connector.send(message);
        assertThat(result.error()).isEmpty();
        return result.messageId().orElseThrow();
    }

    private void listen(Optional<String> since) {
        connector.subscribe(
                since,
                heard -> {
                    // As the store does: one of an id that was taken is no other one.
                    for (var it : heard.events()) if (taken.add(it.eventId())) inbox.add(it);
                    positions.add(heard.position());
                });
    }

    private InboundEvent next() throws InterruptedException {
        var event = inbox.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).as("the next event").isNotNull();
        return event;
    }

    private String text(InboundEvent event) {
        assertThat(event).isInstanceOf(InboundEvent.Message.class);
        return ((InboundEvent.Message) event).text();
    }

    // Sending

    @Test
    void the_same_key_twice_is_one_message() {
        var first = sent(message("a", "hello"));

        assertThat(sent(message("a", "hello"))).isEqualTo(first);
        sent(message("b", "hello"));

        assertThat(network.shown()).extracting(Shown::text).containsExactly("hello", "hello");
    }

    @Test
    void an_answer_that_got_lost_is_no_second_message() {
        network.loseNextAnswer();
        assertThat(connector.send(message("a", "hello")).delivered()).isFalse();
        connector.close();
        connector = network.connect();

        sent(message("a", "hello"));

        assertThat(network.shown()).hasSize(1);
    }

    @Test
    void a_message_is_changed_in_its_place() {
        Assumptions.assumeTrue(connector.capabilities().edits(), "cannot edit");
        var id = sent(message("a", "running"));
        sent(message("b", "later"));

        assertThat(connector.update(id, message("a", "completed")).delivered()).isTrue();

        assertThat(network.shown()).extracting(Shown::text).containsExactly("completed", "later");
    }

    @Test
    void a_deleted_message_is_not_changed_and_that_is_told() {
        var id = sent(message("a", "running"));
        Assumptions.assumeTrue(network.deletes(id), "nobody can delete");

        var result = connector.update(id, message("a", "completed"));

        assertThat(result.isGone()).isTrue();
        assertThat(result.delivered()).isFalse();
        assertThat(network.shown()).isEmpty();
        sent(message("a again", "completed"));
        assertThat(network.shown()).hasSize(1);
    }

    @Test
    void a_message_stays_in_its_thread() {
        Assumptions.assumeTrue(connector.capabilities().threads(), "has no threads");
        var root = sent(message("card", "R-12"));
        sent(message("prompt", Optional.of(root), Document.line("approve?")));

        assertThat(network.shown())
                .extracting(Shown::threadId)
                .containsExactly(Optional.empty(), Optional.of(root));
    }

    @Test
    void what_cannot_be_sent_says_so_and_can_be_sent_later() {
        network.goDown();
        var result = connector.send(message("a", "hello"));
        assertThat(result.delivered()).isFalse();
        assertThat(result.error()).hasValueSatisfying(it -> assertThat(it).isNotBlank());

        network.comeBack();
        sent(message("a", "hello"));
        assertThat(network.shown()).hasSize(1);
    }

    @Test
    void hostile_text_is_shown_as_text_and_calls_nobody() {
        for (var text : HOSTILE) sent(message("key " + HOSTILE.indexOf(text), text));

        var shown = network.shown();
        for (int i = 0; i < HOSTILE.size(); i++) {
            assertThat(shown.get(i).text()).isEqualTo(Document.line(HOSTILE.get(i)).plain());
            assertThat(shown.get(i).text()).matches("[^\\p{Cc}\\p{Cf}\\p{Cs}]*");
            assertThat(shown.get(i).called()).as(HOSTILE.get(i)).isEmpty();
        }
    }

    @Test
    void exactly_those_are_called_whom_the_document_names() {
        var document =
                new Document(
                        "R-12",
                        List.of(new Block.Line("@bob, ask @everyone")),
                        Set.of("alice"),
                        List.of(),
                        true);
        sent(message("a", Optional.empty(), document));

        assertThat(network.shown().getFirst().called()).containsExactly("alice");
    }

    @Test
    void two_hundred_kilobytes_can_be_sent() {
        var document =
                new Document(
                        "R-12",
                        List.of(Block.Code.of("x".repeat(200_000))),
                        Set.of(),
                        List.of(),
                        false);
        sent(message("a", Optional.empty(), document));

        assertThat(network.shown()).hasSize(1);
    }

    // Hearing

    @Test
    void people_are_heard_in_order_and_as_they_wrote() throws InterruptedException {
        listen(Optional.empty());
        var ids = new ArrayList<String>();
        for (var text : HOSTILE) ids.add(network.says("alice", text));

        for (int i = 0; i < ids.size(); i++) {
            var event = next();
            assertThat(text(event)).isEqualTo(network.carried(HOSTILE.get(i)));
            assertThat(event.eventId()).isEqualTo(ids.get(i));
            assertThat(event.room()).isEqualTo(network.room());
            assertThat(event.sender()).startsWith(accounts() + ":").contains(account("alice"));
        }
    }

    @Test
    void marks_are_heard_and_so_is_taking_them_back() throws InterruptedException {
        Assumptions.assumeTrue(connector.capabilities().reactions(), "has no reactions");
        listen(Optional.empty());
        var id = sent(message("a", "approve?"));
        network.reacts("alice", id, "✅");
        network.takesBack("alice", id, "✅");

        assertThat(next())
                .isInstanceOfSatisfying(
                        InboundEvent.Reaction.class,
                        it -> assertThat(it.messageId() + it.mark()).isEqualTo(id + "✅"));
        assertThat(next())
                .isInstanceOfSatisfying(
                        InboundEvent.ReactionRemoved.class,
                        it -> assertThat(it.messageId() + it.mark()).isEqualTo(id + "✅"));
    }

    @Test
    void its_own_messages_are_not_heard() throws InterruptedException {
        listen(Optional.empty());
        sent(message("a", "from the service"));
        network.says("alice", "from a person");

        assertThat(text(next())).isEqualTo("from a person");
    }

    @Test
    void a_reconnect_loses_and_repeats_nothing() throws InterruptedException {
        listen(Optional.empty());
        network.says("alice", "one");
        assertThat(text(next())).isEqualTo("one");
        connector.close();
        network.says("alice", "two");

        connector = network.connect();
        listen(Optional.of(lastPosition()));
        network.says("alice", "three");

        assertThat(text(next())).isEqualTo("two");
        assertThat(text(next())).isEqualTo("three");
        assertThat(inbox).isEmpty();
    }

    private String lastPosition() {
        var all = new ArrayList<String>();
        positions.drainTo(all);
        return all.getLast();
    }

    @Test
    void a_cut_wire_loses_and_repeats_nothing() throws InterruptedException {
        listen(Optional.empty());
        network.says("alice", "one");
        assertThat(text(next())).isEqualTo("one");
        network.goDown();
        IntStream.range(0, 50).forEach(i -> network.says("alice", "gap " + i));
        network.comeBack();
        network.says("alice", "end");

        for (int i = 0; i < 50; i++) assertThat(text(next())).isEqualTo("gap " + i);
        assertThat(text(next())).isEqualTo("end");
        assertThat(inbox).isEmpty();
    }

    @Test
    void what_was_not_taken_comes_again() throws InterruptedException {
        var calls = new AtomicInteger();
        connector.subscribe(
                Optional.empty(),
                heard -> {
                    if (calls.incrementAndGet() < 3) throw new IllegalStateException("disk full");
                    inbox.addAll(heard.events());
                });
        var id = network.says("alice", "one");

        assertThat(next().eventId()).isEqualTo(id);
        assertThat(calls).hasValueGreaterThanOrEqualTo(3);
        assertThat(inbox).isEmpty();
    }

    @Test
    void nobody_is_heard_after_the_end() throws InterruptedException {
        var first = connector.subscribe(Optional.empty(), heard -> inbox.addAll(heard.events()));
        assertThatThrownBy(() -> listen(Optional.empty()))
                .isInstanceOf(IllegalStateException.class);
        first.close();
        network.says("alice", "to nobody");
        listen(Optional.empty());
        network.says("alice", "to somebody");
        assertThat(text(next())).isEqualTo("to somebody");

        connector.close();
        connector.close();
        network.says("alice", "to nobody");
        assertThat(connector.send(message("a", "late")).delivered()).isFalse();
        assertThat(inbox).isEmpty();
    }

    // Health

    @Test
    void health_tells_unreachable_from_unauthenticated() {
        assertThat(connector.health().reachable()).isTrue();
        assertThat(connector.health().authenticated()).isTrue();

        network.goDown();
        assertThat(connector.health().reachable()).isFalse();
        assertThat(connector.health().detail()).isNotBlank();

        network.comeBack();
        network.revoke();
        assertThat(connector.health().reachable()).isTrue();
        assertThat(connector.health().authenticated()).isFalse();
        assertThat(connector.health().detail()).isNotBlank();
    }
}

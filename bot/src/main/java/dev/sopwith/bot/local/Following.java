package dev.sopwith.bot.local;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A connection that follows the room: what changes goes out, what is said comes in, until one of
 * both goes.
 *
 * <p>Threading: the connection's thread reads, another virtual one writes.
 */
final class Following {
    private static final Duration GONE = Duration.ofSeconds(45);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private Following() {}

    /** Serves a client that follows the room, until it goes. */
    static void follow(Room room, Peer client, JsonNode since)
            throws IOException, InterruptedException {
        var place =
                new Room.Place(since.path("epoch").asString(""), since.path("since").asLong(-1));
        var bell = new Changes();
        var followed = room.follow(client.caller(), place, bell::tell);
        if (followed.isEmpty()) {
            client.sendAway(LocalServer.error("there is no room to follow here now"));
            return;
        }
        var replies = new ConcurrentLinkedQueue<ObjectNode>();
        try (var it = followed.get()) {
            var from = Answer.empty().put("epoch", it.from().epoch()).put("since", it.from().seq());
            client.write(Answer.empty().set("subscribed", from.put("missed", it.missed())));
            client.expectWithin(GONE);
            var writer =
                    Thread.ofVirtual()
                            .name("local-room")
                            .start(() -> showAll(client, it, bell, replies));
            try {
                while (listen(client, it, replies, bell)) client.expectWithin(GONE);
            } finally {
                writer.interrupt();
                writer.join();
            }
        }
    }

    /** Writes whatever there is, until the client goes. */
    private static void showAll(
            Peer client, Room.Followed followed, Changes bell, Queue<ObjectNode> replies) {
        long shown = followed.from().seq();
        try {
            while (true) {
                long seen = bell.count();
                for (var reply = replies.poll(); reply != null; reply = replies.poll()) {
                    client.write(reply);
                }
                var news = followed.after(shown);
                for (var frame : news.frames()) client.write(frame.json());
                // Else what was not for them would one day look like something they missed.
                if (news.upTo() > news.shown(shown)) {
                    client.write(Answer.empty().put("passed", news.upTo()));
                }
                shown = news.upTo();
                if (followed.isOver()) break;
                if (bell.count() != seen) continue;
                bell.await(seen, HEARTBEAT);
                if (bell.count() == seen) client.write(Answer.empty().put("alive", true));
            }
            client.wire().close(); // whoever reads from it learns of it so
        } catch (IOException _) {
            client.wire().close();
        } catch (InterruptedException _) {
            // The client has gone.
        }
    }

    /** Takes in one line of a client that follows; whether there will be another. */
    private static boolean listen(
            Peer client, Room.Followed followed, Queue<ObjectNode> replies, Changes bell)
            throws IOException {
        Optional<ObjectNode> line;
        try {
            line = client.wire().read();
        } catch (Wire.Garbage e) {
            replies.add(LocalServer.error(String.valueOf(e.getMessage())));
            bell.tell();
            return !e.isFatal();
        }
        if (line.isEmpty()) return false;
        var told = line.get();
        if (told.has("ack")) {
            followed.shown(told.path("ack").asLong(0));
        } else if (told.path("say").isObject()) {
            var said = said(client.caller(), told.path("say"));
            followed.say(
                    said,
                    refusal -> {
                        var reply = Answer.empty();
                        if (refusal.isEmpty()) reply.put("heard", said.id());
                        else reply.put("unheard", said.id()).put("why", refusal.get());
                        replies.add(reply);
                        bell.tell();
                    });
        } else if (!told.has("alive")) {
            replies.add(LocalServer.error("who follows the room can say ack, say and alive"));
            bell.tell();
        }
        return true;
    }

    private static Room.Said said(Caller caller, JsonNode said) {
        var thread = said.path("thread").asString("");
        return new Room.Said(
                caller,
                said.path("id").asString(""),
                said.path("text").asString(""),
                Optional.of(thread).filter(it -> !it.isEmpty()));
    }
}

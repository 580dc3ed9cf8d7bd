package dev.sopwith.app;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** All three on the wire: a real homeserver, Discord's fake, the socket of the terminals. */
@ExtendWith(SynapseExtension.class)
@Tag("peer")
final class ThreeNetworksSynapseTest extends OneRunOnThreeNetworks {
    @Override
    protected MatrixSide matrix() throws IOException {
        return new AtSynapse();
    }

    private static final class AtSynapse implements MatrixSide {
        private final MatrixUser bot;
        private final Map<String, MatrixUser> people;
        private final String room;

        AtSynapse() throws IOException {
            var synapse = SynapseExtension.shared();
            bot = synapse.registerSomeone("sopwith");
            people =
                    Map.of(
                            "alice", synapse.registerSomeone("alice"),
                            "bob", synapse.registerSomeone("bob"),
                            "carol", synapse.registerSomeone("carol"));
            room = user("alice").createRoom(NewRoom.with(bot, user("bob"), user("carol")));
            for (var it : List.of("bob", "carol")) user(it).join(room);
        }

        private MatrixUser user(String person) {
            var user = people.get(person);
            if (user == null) throw new AssertionError("nobody is called " + person);
            return user;
        }

        private String entry(String person) {
            return "matrix: [\"%s\"]".formatted(user(person).id());
        }

        @Override
        public DiscordHouse.Neighbour neighbour() {
            return new DiscordHouse.Neighbour(
                    Map.of("alice", entry("alice"), "bob", entry("bob"), "carol", entry("carol")),
                    "  there: {kind: matrix, matrix: {homeserver_url: \"%s\", user_id: \"%s\", room_id: \"%s\"}}"
                            .formatted(SynapseExtension.shared().url(), bot.id(), room),
                    Map.of("MATRIX_PASSWORD", bot.name()),
                    Map.of());
        }

        /** Once the service is in the room: it hears what is said from then on. */
        @Override
        public void say(String person, String text) throws Exception {
            Eventually.await(
                    () -> "join".equals(user("alice").members(room).get(bot.id())),
                    () -> "the service does not come into the room");
            var _ = user(person).say(room, "/sop " + text);
        }

        @Override
        public List<String> shown() throws Exception {
            return Shown.of(user("alice").events(room), bot.id()).stream()
                    .map(Shown::text)
                    .toList();
        }
    }
}

package dev.sopwith.app;

import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Room;
import dev.sopwith.bot.local.Verbs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One more socket of a service: whoever can reach it is taken for this one person, so its folder
 * must be closed to all who are not. That is no way to tell people apart, and only the demo has
 * one.
 */
record Door(Path socket, Speaker speaker) {
    LocalServer open(Verbs verbs, Room room) throws IOException {
        return LocalServer.open(socket, verbs.as(speaker), new Window(room));
    }

    /**
     * The room as it is seen from here. The service's own socket says when it opens and closes, and
     * what is said into it is said by users of the machine: here nobody is one. It shows what that
     * user may see, and the two people of a demo see the same.
     */
    private record Window(Room room) implements Room {
        @Override
        public Optional<Followed> follow(Caller by, Place since, Runnable bell) {
            return room.follow(by, since, bell).map(View::new);
        }

        @Override
        public void opened(Path socket) {}

        @Override
        public void closed() {}
    }

    private record View(Room.Followed followed) implements Room.Followed {
        @Override
        public Room.Place from() {
            return followed.from();
        }

        @Override
        public boolean missed() {
            return followed.missed();
        }

        @Override
        public Room.News after(long seq) {
            return followed.after(seq);
        }

        @Override
        public boolean isOver() {
            return followed.isOver();
        }

        @Override
        public void shown(long seq) {
            followed.shown(seq);
        }

        @Override
        public void say(Room.Said said, Room.Told told) {
            told.hear(Optional.of("nothing is said into the room here; ask with a line"));
        }

        @Override
        public void close() {
            followed.close();
        }
    }
}

package dev.sopwith.boards;

import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.hardware.gpio.Boards;
import dev.sopwith.hardware.gpio.Change;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows somebody the changes of signals as they come. Who looks slowly misses some and is told how
 * many; nobody waits for them.
 *
 * <p>Threading: {@link #show} is the thread of whoever looks.
 */
final class Watching {
    /** Changes that wait to be shown. */
    private static final int WAITING_MAX = 1_000;

    private static final int COUNT_DIGITS_MAX = 9;

    private final Boards boards;
    private final Wish wish;
    private final LinkedBlockingQueue<Change> changes = new LinkedBlockingQueue<>(WAITING_MAX);
    private final AtomicLong dropped = new AtomicLong();

    /**
     * What is to be shown.
     *
     * @param topic {@code board/signal}, a board, or nothing for all
     * @param count after how many it ends; 0 means never
     * @param json whether for programs
     */
    record Wish(String topic, int count, boolean json) {
        /** What these words ask for; empty when they are none that are known. */
        static Optional<Wish> of(List<String> words) {
            var topic = "";
            int count = 0;
            boolean json = false;
            for (int i = 0; i < words.size(); i++) {
                var word = words.get(i);
                if (word.equals("--json")) {
                    json = true;
                } else if (word.equals("--count") && i + 1 < words.size()) {
                    var number = words.get(++i);
                    if (!number.matches("[1-9][0-9]{0,%d}".formatted(COUNT_DIGITS_MAX - 1))) {
                        return Optional.empty();
                    }
                    count = Integer.parseInt(number);
                } else if (topic.isEmpty() && !word.startsWith("-")) {
                    topic = word;
                } else {
                    return Optional.empty();
                }
            }
            return Optional.of(new Wish(topic, count, json));
        }

        boolean isFor(Change change) {
            return topic.isEmpty() || topic.equals(change.board()) || topic.equals(change.topic());
        }
    }

    Watching(Boards boards, Wish wish) {
        this.boards = boards;
        this.wish = wish;
    }

    /** Until it has shown so many; whoever has gone ends it too, by what the asker throws. */
    void show(LocalServer.Asker asker) throws InterruptedException {
        var end = boards.watch(this::heard);
        try {
            for (int shown = 0; wish.count() == 0 || shown < wish.count(); ) {
                var change = changes.poll(1, TimeUnit.SECONDS);
                if (change == null) {
                    asker.accept(""); // finds out whether somebody is there
                    continue;
                }
                long lost = dropped.getAndSet(0);
                if (lost > 0 && !wish.json()) {
                    asker.output("%,d changes were too fast to be shown%n".formatted(lost));
                }
                asker.output(shown(change) + "\n");
                shown++;
            }
        } finally {
            end.run();
        }
    }

    private void heard(Change change) {
        if (wish.isFor(change) && !changes.offer(change)) dropped.incrementAndGet();
    }

    private String shown(Change change) {
        if (wish.json()) {
            var json = JsonMapper.shared().createObjectNode();
            json.put("board", change.board()).put("signal", change.signal());
            json.put("value", change.isOn() ? 1 : 0).put("at", change.at().toString());
            json.put("seq", change.sequence()).put("lost", change.missed());
            return json.toString();
        }
        var number = change.sequence() == 0 ? "" : "  seq " + change.sequence();
        var missed =
                change.missed() == 0 ? "" : "  (%,d edges lost before)".formatted(change.missed());
        return "%s  %s  %s%s%s"
                .formatted(
                        change.at(), change.topic(), change.isOn() ? "on" : "off", number, missed);
    }
}

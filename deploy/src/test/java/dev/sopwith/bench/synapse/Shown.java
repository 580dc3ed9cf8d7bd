package dev.sopwith.bench.synapse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A message as people see it: with all that became of it.
 *
 * @param thread the root of the thread it is in
 * @param first as it was sent
 * @param last as it was changed last
 * @param marks that its own sender has put on it, oldest first
 */
public record Shown(
        String id,
        Optional<String> thread,
        MatrixEvent first,
        MatrixEvent last,
        List<String> marks) {

    /** All messages of one sender, oldest first; files and what was deleted are not among them. */
    public static List<Shown> of(List<MatrixEvent> events, String sender) {
        var shown = new LinkedHashMap<String, Shown>();
        for (var it : events) {
            if (it.sender().equals(sender) && !it.isRedacted()) add(it, shown);
        }
        return List.copyOf(shown.values());
    }

    private static void add(MatrixEvent event, LinkedHashMap<String, Shown> shown) {
        var marked = event.marks();
        if (marked.isPresent()) {
            shown.computeIfPresent(marked.get(), (_, it) -> it.with(event.mark()));
        } else if (isText(event)) {
            var replaced = event.replaces();
            if (replaced.isPresent()) {
                shown.computeIfPresent(replaced.get(), (_, it) -> it.now(event));
            } else {
                var it = new Shown(event.id(), event.thread(), event, event, List.of());
                shown.put(event.id(), it);
            }
        }
    }

    private static boolean isText(MatrixEvent event) {
        return event.isMessage()
                && (event.messageType().equals("m.text") || event.messageType().equals("m.notice"));
    }

    private Shown with(String mark) {
        var all = new ArrayList<>(marks);
        all.add(mark);
        return new Shown(id, thread, first, last, all);
    }

    private Shown now(MatrixEvent event) {
        return new Shown(id, thread, first, event, marks);
    }

    /** What is to be read now. */
    public String text() {
        var changed = last.content().path("m.new_content");
        return changed.has("body") ? changed.path("body").asString("") : last.body();
    }

    /** Whether it is of the kind that notifies nobody. */
    public boolean isNotice() {
        return first.messageType().equals("m.notice");
    }
}

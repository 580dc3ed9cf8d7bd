package dev.sopwith.engine.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Chat in maps. */
final class MemoryChat implements Chat.Writable {
    private final TreeMap<Key, PostRow> posts = new TreeMap<>();
    private final TreeMap<Key, Long> inbox = new TreeMap<>();
    private final TreeMap<String, String> positions = new TreeMap<>();
    private final UndoLog undo;

    /** A name within a connector. */
    private record Key(String connector, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = connector.compareTo(other.connector);
            return order != 0 ? order : name.compareTo(other.name);
        }
    }

    MemoryChat(UndoLog undo) {
        this.undo = undo;
    }

    @Override
    public void put(PostRow row) {
        undo.put(posts, new Key(row.connector(), row.key()), row);
    }

    @Override
    public void remove(String connector, String key) {
        undo.remove(posts, new Key(connector, key));
    }

    @Override
    public boolean hear(String connector, String eventId, long at) {
        if (heard(connector, eventId)) return false;
        undo.put(inbox, new Key(connector, eventId), at);
        return true;
    }

    @Override
    public void position(String connector, String position, long at) {
        undo.put(positions, connector, position);
    }

    int erase(long before, int rowsMax) {
        return removeOld(inbox, at -> at, before, rowsMax)
                + removeOld(posts, it -> it.closed() ? it.at() : Long.MAX_VALUE, before, rowsMax);
    }

    private <V> int removeOld(Map<Key, V> map, ToLongFunction<V> at, long before, int rowsMax) {
        var old = new ArrayList<Key>();
        map.forEach(
                (key, value) -> {
                    if (old.size() < rowsMax && at.applyAsLong(value) < before) old.add(key);
                });
        old.forEach(key -> undo.remove(map, key));
        return old.size();
    }

    @Override
    public Optional<PostRow> post(String connector, String key) {
        return Optional.ofNullable(posts.get(new Key(connector, key)));
    }

    @Override
    public Optional<PostRow> postOfMessage(String connector, String messageId) {
        return posts.values().stream()
                .filter(post -> post.connector().equals(connector))
                .filter(post -> post.messageId().filter(messageId::equals).isPresent())
                .findFirst();
    }

    @Override
    public List<PostRow> openPosts(String connector) {
        return posts.values().stream()
                .filter(post -> post.connector().equals(connector) && !post.closed())
                .toList();
    }

    @Override
    public boolean heard(String connector, String eventId) {
        return inbox.containsKey(new Key(connector, eventId));
    }

    @Override
    public Optional<String> position(String connector) {
        return Optional.ofNullable(positions.get(connector));
    }
}

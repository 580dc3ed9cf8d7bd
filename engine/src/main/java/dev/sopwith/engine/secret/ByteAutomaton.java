package dev.sopwith.engine.secret;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;

/**
 * Finds any of many texts in one pass (Aho and Corasick, 1975): a trie whose nodes know where to go
 * on when the next byte does not fit. Its own because it is small, and because searching across the
 * borders of a stream needs the state between two bytes, which libraries do not give.
 *
 * <p>The edges are one hash table: a key in PEM form has tens of thousands of nodes, and a table of
 * 256 followers for each would take 50 MB.
 *
 * <p>Threading: immutable; the state (a node, 0 at first) is the caller's.
 */
final class ByteAutomaton {
    private static final long FREE = -1;

    private final int lengthMax;
    private long[] edges = new long[1 << 10]; // node and byte; which place is found by probing
    private int[] targets = new int[1 << 10];
    private int nodes = 1;
    private int[] fail = new int[64];
    private int[] depth = new int[64];
    private int[] found = new int[64]; // length of the longest text that ends here

    private ByteAutomaton(Collection<String> texts) {
        Arrays.fill(edges, FREE);
        int longest = 0;
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            insert(bytes);
            longest = Math.max(longest, bytes.length);
        }
        lengthMax = longest;
        link();
    }

    static ByteAutomaton of(Collection<String> texts) {
        return new ByteAutomaton(texts);
    }

    /** Of the longest text, in bytes. */
    int lengthMax() {
        return lengthMax;
    }

    /** The state after one more byte. All steps together take time linear in their number. */
    int step(int node, byte next) {
        int at = node;
        while (true) {
            int target = target(at, next);
            if (target != 0) return target;
            if (at == 0) return 0;
            at = fail[at];
        }
    }

    /** How many of the last bytes may be the beginning of a text. */
    int depth(int node) {
        return depth[node];
    }

    /** How many of the last bytes are a text, the longest one if several are; 0 if none is. */
    int found(int node) {
        return found[node];
    }

    private void insert(byte[] text) {
        int node = 0;
        for (byte next : text) {
            int target = target(node, next);
            node = target != 0 ? target : newNode(node, next);
        }
        found[node] = text.length;
    }

    private int newNode(int parent, byte next) {
        if (nodes == fail.length) {
            fail = Arrays.copyOf(fail, nodes * 2);
            depth = Arrays.copyOf(depth, nodes * 2);
            found = Arrays.copyOf(found, nodes * 2);
        }
        if (nodes * 2 > edges.length) grow();
        depth[nodes] = depth[parent] + 1;
        put(edge(parent, next), nodes);
        return nodes++;
    }

    /** Breadth first: where to go on from a node is known before its followers need it. */
    private void link() {
        var followers = new int[nodes][];
        Arrays.fill(followers, new int[0]);
        var bytes = new byte[nodes];
        for (int i = 0; i < edges.length; i++) {
            if (edges[i] == FREE) continue;
            int parent = (int) (edges[i] >>> 8);
            bytes[targets[i]] = (byte) edges[i];
            var more = Arrays.copyOf(followers[parent], followers[parent].length + 1);
            more[more.length - 1] = targets[i];
            followers[parent] = more;
        }
        var queue = new ArrayDeque<Integer>();
        queue.add(0);
        while (!queue.isEmpty()) {
            int node = queue.remove();
            for (int follower : followers[node]) {
                fail[follower] = node == 0 ? 0 : step(fail[node], bytes[follower]);
                found[follower] = Math.max(found[follower], found[fail[follower]]);
                queue.add(follower);
            }
        }
    }

    private static long edge(int node, byte next) {
        return ((long) node << 8) | (next & 0xff);
    }

    private int target(int node, byte next) {
        long edge = edge(node, next);
        for (int at = place(edge); ; at = (at + 1) & (edges.length - 1)) {
            if (edges[at] == edge) return targets[at];
            if (edges[at] == FREE) return 0;
        }
    }

    private void put(long edge, int target) {
        int at = place(edge);
        while (edges[at] != FREE) at = (at + 1) & (edges.length - 1);
        edges[at] = edge;
        targets[at] = target;
    }

    private void grow() {
        var oldEdges = edges;
        var oldTargets = targets;
        edges = new long[oldEdges.length * 2];
        targets = new int[edges.length];
        Arrays.fill(edges, FREE);
        for (int i = 0; i < oldEdges.length; i++) {
            if (oldEdges[i] != FREE) put(oldEdges[i], oldTargets[i]);
        }
    }

    private int place(long edge) {
        long mixed = edge * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & (edges.length - 1);
    }
}

package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.KEY_TWICE;
import static dev.sopwith.engine.sop.DiagnosticCode.YAML_NOT_PLAIN;
import static dev.sopwith.engine.sop.DiagnosticCode.YAML_SYNTAX;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.reading.SourceText;
import dev.sopwith.engine.roster.YamlNode.Entry;
import dev.sopwith.engine.roster.YamlNode.Items;
import dev.sopwith.engine.roster.YamlNode.Keys;
import dev.sopwith.engine.roster.YamlNode.Kind;
import dev.sopwith.engine.roster.YamlNode.Scalar;
import dev.sopwith.engine.sop.Position;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads YAML 1.2 with the core schema and nothing that makes text mean more than it shows: no tags,
 * no anchors and aliases, one document, keys that are text. Follows the parser's events, so that
 * nothing is built from what is refused, and no depth of a hostile text reaches the stack.
 *
 * <p>Threading: one reader a text.
 */
final class YamlText {
    /** No roster needs half of it. */
    static final int DEPTH_MAX = 20;

    private static final LoadSettings SETTINGS = LoadSettings.builder().setLabel("").build();
    private static final ScalarResolver CORE = new CoreScalarResolver(false);

    private final SourceText text;
    private final Findings findings;
    private final Iterator<Event> events;

    /** The text cannot be read on from here; it was said why. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable() {
            super("found", null, false, false);
        }
    }

    private YamlText(SourceText text, Findings findings) {
        this.text = text;
        this.findings = findings;
        this.events = new Parse(SETTINGS).parseString(text.text()).iterator();
    }

    /** What the text holds; nothing when it cannot be read, or is empty. */
    static Optional<YamlNode> read(SourceText text, Findings findings) {
        try {
            return new YamlText(text, findings).document();
        } catch (Unreadable e) {
            return Optional.empty();
        } catch (MarkedYamlEngineException e) {
            var at = e.getProblemMark().or(e::getContextMark);
            findings.add(
                    YAML_SYNTAX,
                    at.map(mark -> position(text, mark)).orElse(Position.START),
                    "this is not YAML: " + said(e.getProblem()),
                    hint(e.getProblem()));
            return Optional.empty();
        } catch (YamlEngineException e) {
            findings.add(
                    YAML_SYNTAX,
                    Position.START,
                    "this is not YAML: " + said(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<YamlNode> document() throws Unreadable {
        Optional<YamlNode> root = Optional.empty();
        int documents = 0;
        while (events.hasNext()) {
            var event = events.next();
            if (event instanceof DocumentStartEvent && documents++ > 0) {
                throw notPlain(event, "a second document begins here", "keep one, in one file");
            }
            if (event instanceof NodeEvent node) root = Optional.of(node(node, 1));
        }
        // An empty document reads as an empty value, and that means an empty file.
        return root.filter(it -> !(it instanceof Scalar(var kind, _, _) && kind == Kind.NULL));
    }

    private YamlNode node(NodeEvent event, int depth) throws Unreadable {
        refuse(event, depth);
        if (event instanceof ScalarEvent scalar) return scalar(scalar);
        return event instanceof MappingStartEvent ? keys(event, depth) : items(event, depth);
    }

    private void refuse(NodeEvent event, int depth) throws Unreadable {
        if (event instanceof AliasEvent) {
            throw notPlain(
                    event, "an alias is not read here", "put text that begins with * in quotes");
        }
        if (event.getAnchor().isPresent()) {
            throw notPlain(
                    event, "an anchor is not read here", "put text that begins with & in quotes");
        }
        var tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent start -> start.getTag();
                    default -> Optional.<String>empty();
                };
        if (tag.isPresent()) {
            throw notPlain(
                    event, "a tag is not read here", "put text that begins with ! in quotes");
        }
        if (depth > DEPTH_MAX) {
            throw notPlain(
                    event, "this is more than %d levels deep".formatted(DEPTH_MAX), "write less");
        }
    }

    private Scalar scalar(ScalarEvent event) {
        var value = event.getValue();
        var kind = event.isPlain() ? kind(CORE.resolve(value, true)) : Kind.TEXT;
        return new Scalar(kind, value, position(event));
    }

    private static Kind kind(Tag tag) {
        if (tag.equals(Tag.INT)) return Kind.INTEGER;
        if (tag.equals(Tag.FLOAT)) return Kind.NUMBER;
        if (tag.equals(Tag.BOOL)) return Kind.BOOLEAN;
        return tag.equals(Tag.NULL) ? Kind.NULL : Kind.TEXT;
    }

    private Items items(NodeEvent start, int depth) throws Unreadable {
        List<YamlNode> items = new ArrayList<>();
        for (var event = events.next();
                !(event instanceof SequenceEndEvent);
                event = events.next()) {
            items.add(node((NodeEvent) event, depth + 1));
        }
        return new Items(items, position(start));
    }

    private Keys keys(NodeEvent start, int depth) throws Unreadable {
        List<Entry> entries = new ArrayList<>();
        Map<String, Position> known = new HashMap<>();
        for (var event = events.next();
                !(event instanceof MappingEndEvent);
                event = events.next()) {
            var key = key((NodeEvent) event, depth);
            var value = node((NodeEvent) events.next(), depth + 1);
            var first = known.putIfAbsent(key.text(), key.at());
            if (first == null) {
                entries.add(new Entry(key.text(), key.at(), value));
            } else {
                findings.add(
                        KEY_TWICE,
                        key.at(),
                        "%s is written twice, first in line %d"
                                .formatted(Quoted.of(key.text()), first.line()),
                        "keep one");
            }
        }
        return new Keys(entries, position(start));
    }

    private Scalar key(NodeEvent event, int depth) throws Unreadable {
        refuse(event, depth);
        if (event instanceof ScalarEvent scalar) return scalar(scalar);
        throw notPlain(event, "a key is a word here, not a list or a block", "write a name");
    }

    private Unreadable notPlain(Event event, String message, String fix) {
        findings.add(YAML_NOT_PLAIN, position(event), message, fix);
        return new Unreadable();
    }

    private Position position(Event event) {
        return event.getStartMark().map(mark -> position(text, mark)).orElse(Position.START);
    }

    /** The parser counts from 0, and code points. */
    private static Position position(SourceText text, Mark mark) {
        var line = text.clamp(new Position(mark.getLine() + 1, 1)).line();
        var content = text.line(line - 1);
        int points = Math.min(mark.getColumn(), content.codePointCount(0, content.length()));
        return new Position(line, content.offsetByCodePoints(0, points) + 1);
    }

    private static String said(String problem) {
        return problem.lines().findFirst().map(String::strip).orElse("it breaks off");
    }

    private static String hint(String problem) {
        if (problem.contains("\\t") || problem.contains("TAB")) return "indent with blanks";
        return "check indentation and colons; text with any of : # @ * { [ in it belongs in quotes";
    }
}

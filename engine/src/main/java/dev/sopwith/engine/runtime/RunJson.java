package dev.sopwith.engine.runtime;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.introspect.VisibilityChecker;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

import java.io.Serial;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Events and states of runs as the store keeps them: JSON, each with its {@code type}, times in ISO
 * form, names and sets in order: one state has one text.
 *
 * <p>Old texts stay readable: a member that is unknown is an error, because it was written by a
 * newer version and may change the meaning; one that is missing is read as its empty value, where
 * it has one.
 *
 * <p>Threading: safe from any thread.
 */
final class RunJson {
    private static final List<Class<?>> ROOTS =
            List.of(RunEvent.class, RunState.class, RunState.Phase.class);
    private static final JsonMapper MAPPER = mapper();
    private static final ObjectWriter EVENT_WRITER = MAPPER.writerFor(RunEvent.class);
    private static final ObjectWriter STATE_WRITER = MAPPER.writerFor(RunState.class);
    private static final RecentStates RECENT = new RecentStates();

    private RunJson() {}

    /** A text that is no event or state, or that a newer version wrote. */
    static final class Unreadable extends IllegalStateException {
        @Serial private static final long serialVersionUID = 1;

        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Says in JSON which of several kinds something is. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface Kinds {}

    /** What kind of event it is, as stored beside its JSON. */
    static String type(RunEvent event) {
        return event.getClass().getSimpleName();
    }

    static String write(RunEvent event) {
        return EVENT_WRITER.writeValueAsString(event);
    }

    static String write(RunState state) {
        return STATE_WRITER.writeValueAsString(state);
    }

    /**
     * Reads an event.
     *
     * @throws Unreadable when it is not one, or a newer version wrote it
     */
    static RunEvent event(String json) {
        return read(json, RunEvent.class);
    }

    /**
     * Reads a state.
     *
     * @throws Unreadable when it is not one, or a newer version wrote it
     */
    static RunState state(String json) {
        var recent = RECENT.find(json);
        if (recent.isPresent()) return recent.get();
        var state = read(json, RunState.class);
        RECENT.keep(json, state);
        return state;
    }

    /** What is to be said of a run whose state cannot be read, and what to do about it. */
    static String standsStill(RunId run, Unreadable why) {
        return ("%s stands still and keeps what it holds: %s; the other runs go on. Start the version"
                        + " that wrote it, or restore a backup")
                .formatted(run, why.getMessage());
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw new Unreadable(
                    "the store holds a %s that this version cannot read: %s"
                            .formatted(type.getSimpleName(), e.getOriginalMessage()),
                    e);
        }
    }

    private static JsonMapper mapper() {
        var builder =
                JsonMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                        .changeDefaultVisibility(RunJson::componentsOnly)
                        .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
        for (var root : ROOTS) {
            builder.addMixIn(root, Kinds.class);
            var toName = new ArrayDeque<Class<?>>(List.of(root));
            while (!toName.isEmpty()) {
                var type = toName.pop();
                if (type.isSealed()) toName.addAll(List.of(type.getPermittedSubclasses()));
                else builder.registerSubtypes(new NamedType(type, type.getSimpleName()));
            }
        }
        return builder.build();
    }

    /** What is called {@code isX} is a conclusion from the components, not one of them. */
    private static VisibilityChecker componentsOnly(VisibilityChecker checker) {
        return checker.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE);
    }
}

package dev.sopwith.engine.runtime;

import tools.jackson.databind.json.JsonMapper;

import java.util.LinkedHashMap;

/** Small JSON texts for the record. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    /** An object of texts: name, value, name, value. */
    static String object(String... pairs) {
        var members = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) members.put(pairs[i], pairs[i + 1]);
        return MAPPER.writeValueAsString(members);
    }
}

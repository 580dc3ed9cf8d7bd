package dev.sopwith.engine.step;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.JsonValue.Str;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Orders as tests write them: what is not said is as plain as can be. */
final class Orders {
    private StepKey key = new StepKey("e1", 12, 3, 1, 1);
    private final String fence;
    private final String text;
    private Optional<Step.Expectation> expect = Optional.empty();
    private final Map<String, SopFiles.File> files = new HashMap<>();
    private final Map<String, JsonValue> inputs = new HashMap<>();
    private final Map<String, Secret> secrets = new HashMap<>();
    private final Map<String, String> passEnv = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    private List<EarlierStep> earlier = List.of();
    private byte[] payload = new byte[0];
    private Duration timeout = Duration.ZERO;
    private Optional<String> runAs = Optional.empty();

    private Orders(String fence, String text) {
        this.fence = fence;
        this.text = text;
    }

    static Orders sh(String text) {
        return new Orders("sh", text);
    }

    static Orders bash(String text) {
        return new Orders("bash", text);
    }

    static Orders http(String text) {
        return new Orders("http", text);
    }

    Orders key(StepKey key) {
        this.key = key;
        return this;
    }

    Orders attempt(int attempt) {
        return key(new StepKey(key.epoch(), key.run(), key.step(), key.visit(), attempt));
    }

    Orders input(String name, String value) {
        return input(name, new Str(value));
    }

    Orders input(String name, JsonValue value) {
        inputs.put(name, value);
        return this;
    }

    Orders earlier(EarlierStep... steps) {
        earlier = List.of(steps);
        return this;
    }

    Orders secret(String name, String value) {
        secrets.put(name, Secret.of(value));
        return this;
    }

    Orders file(String path, String content, boolean executable) {
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        files.put(path, new SopFiles.File(bytes, executable));
        return this;
    }

    Orders payload(String text) {
        payload = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    Orders timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    Orders passEnv(String name, String value) {
        passEnv.put(name, value);
        return this;
    }

    Orders expect(Step.Expectation expectation) {
        expect = Optional.of(expectation);
        return this;
    }

    Orders runAs(String user) {
        runAs = Optional.of(user);
        return this;
    }

    StepOrder order() {
        var tool = Tool.of(fence).orElseThrow();
        return new StepOrder(
                key,
                "deploy",
                "1.0.0",
                new Step.Block(fence, tool, text, 1, 1),
                expect,
                new SopFiles(files),
                inputs,
                earlier,
                payload,
                secrets,
                List.of(),
                timeout,
                passEnv,
                runAs);
    }
}

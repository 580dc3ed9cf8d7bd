package dev.sopwith.cli;

import picocli.CommandLine.IVersionProvider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        try (var in = Version.class.getResourceAsStream("version.txt")) {
            if (in == null) throw new IllegalStateException("no version.txt in this jar");
            var version = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return new String[] {"sopwith " + version, "Java " + Runtime.version() + " on " + os()};
        }
    }

    private static String os() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }
}

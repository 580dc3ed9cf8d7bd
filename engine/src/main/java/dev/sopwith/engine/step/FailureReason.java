package dev.sopwith.engine.step;

import java.time.Duration;
import java.util.List;

/** Why a step failed. */
public sealed interface FailureReason {

    /** {@return the reason in words for people, without a full stop} */
    String text();

    /** The script ended with a code other than 0. Codes from 129 stand for signals. */
    record ExitCode(int code) implements FailureReason {
        @Override
        public String text() {
            return switch (code) {
                case 126 -> "exit code 126: a command was found but is not executable";
                case 127 -> "exit code 127: a command was not found";
                default -> "exit code " + code;
            };
        }
    }

    /**
     * A signal ended the script, or a command in it: a shell reports both in the same way, as 128
     * plus the number.
     */
    record Signal(int number) implements FailureReason {
        private static final List<String> NAMES =
                List.of(
                        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL",
                        "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM");

        @Override
        public String text() {
            var name = number < NAMES.size() ? " (" + NAMES.get(number) + ")" : "";
            return "ended by signal " + number + name;
        }
    }

    record TimedOut(Duration after) implements FailureReason {
        @Override
        public String text() {
            return "timed out after " + words(after);
        }

        private static String words(Duration time) {
            if (time.toMillis() % 1000 != 0) return time.toMillis() + "ms";
            long seconds = time.toSeconds();
            if (seconds % 3600 == 0) return seconds / 3600 + "h";
            return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
        }
    }

    /** Somebody ended it. */
    record Stopped(String why) implements FailureReason {
        @Override
        public String text() {
            return "stopped: " + why;
        }
    }

    /** It never began. */
    record NotStarted(String why) implements FailureReason {
        @Override
        public String text() {
            return "not started: " + why;
        }
    }

    /**
     * It succeeded and then handed on what cannot be read.
     *
     * @param line in the file, from 1; 0 stands for the file as a whole
     */
    record BadOutput(int line, String problem) implements FailureReason {
        @Override
        public String text() {
            return line == 0
                    ? "SOP_OUTPUT cannot be used: " + problem
                    : "SOP_OUTPUT line %d: %s".formatted(line, problem);
        }
    }

    /** An HTTP answer came and is not the one that was expected. */
    record Unexpected(String what) implements FailureReason {
        @Override
        public String text() {
            return what;
        }
    }

    /**
     * No whole HTTP answer came.
     *
     * @param mayHaveHappened whether the request was sent, so that it may have taken effect
     */
    record NoAnswer(String why, boolean mayHaveHappened) implements FailureReason {
        @Override
        public String text() {
            return mayHaveHappened ? why + "; the request may have taken effect" : why;
        }
    }
}

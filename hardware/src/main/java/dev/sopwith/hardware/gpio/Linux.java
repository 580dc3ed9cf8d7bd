package dev.sopwith.hardware.gpio;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few calls of the C library that the character devices of GPIO chips need, with what went
 * wrong.
 *
 * <p>Threading: stateless; a call blocks as the system's does.
 */
final class Linux {
    static final int READ_WRITE = 2;
    static final int CLOSE_ON_EXEC = 0x80000;
    static final int NON_BLOCKING = 0x800;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(2);

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO, VARIADIC);
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle READ =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
    private static final MethodHandle WRITE =
            function(
                    "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
    private static final MethodHandle IOCTL =
            function(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    ERRNO,
                    VARIADIC);
    private static final MethodHandle POLL =
            function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
    private static final MethodHandle EVENTFD =
            function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle STRERROR =
            function("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private static final int MESSAGE_MAX = 256;

    private Linux() {}

    @SuppressWarnings("restricted") // these are the calls, and their signatures are right
    private static MethodHandle function(
            String name, FunctionDescriptor type, Linker.Option... options) {
        var address = LINKER.defaultLookup().find(name).orElseThrow();
        return LINKER.downcallHandle(address, type, options);
    }

    /** A call that failed. */
    static final class Failure extends IOException {
        private static final long serialVersionUID = 1;

        private final int number;

        Failure(String what, int number) {
            super("%s: %s".formatted(what, text(number)));
            this.number = number;
        }

        /** As {@code errno} has it. */
        int number() {
            return number;
        }

        @SuppressWarnings("restricted") // a text of the C library ends with a zero
        private static String text(int number) {
            try {
                var text = (MemorySegment) STRERROR.invokeExact(number);
                return text.reinterpret(MESSAGE_MAX).getString(0);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    @FunctionalInterface
    private interface Call {
        long make(MemorySegment state) throws Throwable;
    }

    private static long call(String what, Call call) throws Failure {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long result;
            try {
                result = call.make(state);
            } catch (Throwable e) {
                throw new AssertionError(what, e); // a signature here is wrong
            }
            if (result < 0) throw new Failure(what, (int) ERROR.get(state, 0L));
            return result;
        }
    }

    /** Opens a file for reading and writing. */
    static int open(String path) throws Failure {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            int flags = READ_WRITE | CLOSE_ON_EXEC;
            return (int) call("open " + path, it -> (int) OPEN.invokeExact(it, name, flags));
        }
    }

    /** Closes it; a descriptor that cannot be closed is gone all the same. */
    static void close(int descriptor) {
        try {
            call("close", it -> (int) CLOSE.invokeExact(it, descriptor));
        } catch (Failure _) {
            // Linux gives the descriptor free whatever it says.
        }
    }

    /**
     * @param what is done, in words for messages
     */
    static void ioctl(int descriptor, long request, MemorySegment argument, String what)
            throws Failure {
        call(what, it -> (int) IOCTL.invokeExact(it, descriptor, request, argument));
    }

    /** How many bytes were read. */
    static long read(int descriptor, MemorySegment into) throws Failure {
        return call("read", it -> (long) READ.invokeExact(it, descriptor, into, into.byteSize()));
    }

    static void write(int descriptor, MemorySegment from) throws Failure {
        call("write", it -> (long) WRITE.invokeExact(it, descriptor, from, from.byteSize()));
    }

    /** Waits, as long as it takes, until something is to be had from one of these. */
    static void poll(MemorySegment descriptors, long count) throws Failure {
        call("poll", it -> (int) POLL.invokeExact(it, descriptors, count, -1));
    }

    /** A descriptor that wakes whoever polls it. */
    static int eventDescriptor() throws Failure {
        int flags = CLOSE_ON_EXEC | NON_BLOCKING;
        return (int) call("eventfd", it -> (int) EVENTFD.invokeExact(it, 0, flags));
    }
}

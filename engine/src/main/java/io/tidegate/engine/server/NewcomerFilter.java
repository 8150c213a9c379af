package io.tidegate.engine.server;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/// Has Linux ignore those who begin to connect to a listening socket, while those who have begun are served.
///
/// Whoever has connected but was not accepted when a listening socket closes is reset by the operating system, however
/// quickly the socket was emptied before. Where nobody can come any more, it can be emptied for good. Who was ignored
/// tries again by itself after a second, and is refused then as any newcomer.
final class NewcomerFilter {

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;
    private static final int PROGRAM_BYTES = 16;
    private static final int POINTER_OFFSET = 8;

    /// A program of classic BPF: drops segments with SYN and without ACK (RFC 9293, section 3.1), keeps the rest. Each
    /// instruction is code, jump if true, jump if false, operand.
    private static final int[][] PROGRAM = {
        {0x30, 0, 0, 13}, // the flags of TCP
        {0x54, 0, 0, 0x12}, // SYN and ACK of them
        {0x15, 0, 1, 0x02}, // SYN alone?
        {0x06, 0, 0, 0}, // drop
        {0x06, 0, 0, -1}, // keep
    };
    private static final int INSTRUCTION_BYTES = 8;

    private NewcomerFilter() {
    }

    /// Puts it on a listening TCP socket.
    ///
    /// @return whether the operating system does so; nothing has changed where it does not
    static boolean attach(int socket) {
        if (!isLinux()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(PROGRAM_BYTES, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) PROGRAM.length);
            program.set(ValueLayout.ADDRESS, POINTER_OFFSET, instructions(arena));
            return set(socket, SO_ATTACH_FILTER, program, PROGRAM_BYTES);
        }
    }

    /// Takes it off a listening TCP socket, where it is on.
    static void detach(int socket) {
        if (isLinux()) {
            try (Arena arena = Arena.ofConfined()) {
                set(socket, SO_DETACH_FILTER, arena.allocate(Integer.BYTES), Integer.BYTES);
            }
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    @SuppressWarnings("restricted") // the launcher allows native access
    private static boolean set(int socket, int option, MemorySegment value, int length) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setsockopt = linker.downcallHandle(linker.defaultLookup().findOrThrow("setsockopt"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try {
            return (int) setsockopt.invokeExact(socket, SOL_SOCKET, option, value, length) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setsockopt can't be called", e);
        }
    }

    private static MemorySegment instructions(Arena arena) {
        MemorySegment instructions = arena.allocate((long) PROGRAM.length * INSTRUCTION_BYTES, Long.BYTES);
        for (int i = 0; i < PROGRAM.length; i++) {
            long at = (long) i * INSTRUCTION_BYTES;
            instructions.set(ValueLayout.JAVA_SHORT, at, (short) PROGRAM[i][0]);
            instructions.set(ValueLayout.JAVA_BYTE, at + 2, (byte) PROGRAM[i][1]);
            instructions.set(ValueLayout.JAVA_BYTE, at + 3, (byte) PROGRAM[i][2]);
            instructions.set(ValueLayout.JAVA_INT, at + 4, PROGRAM[i][3]);
        }
        return instructions;
    }
}

package io.tidegate.engine.server;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Puts one open file in the place of another. A channel of io_uring can't be made for a socket that is open already;
/// but one that is bound to something else can be given that socket under its own descriptor before it accepts.
final class DescriptorSwap {

    private DescriptorSwap() {
    }

    /// Lets `target` be what `source` is, and closes `source`.
    ///
    /// @throws IllegalStateException
    ///             where the operating system refuses
    @SuppressWarnings("restricted") // the launcher allows native access
    static void replace(int source, int target) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor two = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT);
        FunctionDescriptor one = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"), two);
        MethodHandle close = linker.downcallHandle(linker.defaultLookup().findOrThrow("close"), one);
        int result;
        try {
            result = (int) dup2.invokeExact(source, target);
            int closed = (int) close.invokeExact(source);
            result = closed < 0 ? closed : result;
        } catch (Throwable e) {
            throw new IllegalStateException("a socket can't be taken over", e);
        }
        if (result < 0) {
            throw new IllegalStateException("a socket can't be taken over: the operating system refuses");
        }
    }
}

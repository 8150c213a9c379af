package io.tidegate.engine.overload;

/// What tells that the gateway is short of something. Asked on one thread, fifteen to twenty times a second.
public interface Signs {

    /// The share of the heap that is live, 0 to 1.
    double heap();

    /// The share of the memory for buffers that is taken, 0 to 1.
    double buffers();

    /// Whether event loops that are late are a sign.
    default boolean lag() {
        return true;
    }

    /// Those of this process.
    static Signs ofProcess() {
        return new MemorySigns();
    }

    /// None: for a gateway whose machine is busy with something else, such as one that is tested.
    static Signs none() {
        return new Signs() {
            @Override
            public double heap() {
                return 0;
            }

            @Override
            public double buffers() {
                return 0;
            }

            @Override
            public boolean lag() {
                return false;
            }
        };
    }
}

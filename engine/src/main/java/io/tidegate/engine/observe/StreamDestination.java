package io.tidegate.engine.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Standard output or standard error. Never closed: it is not ours.
final class StreamDestination implements LogDestination {

    private final String name;
    private final FileOutputStream stream;
    private final FileChannel channel;

    StreamDestination(String name, FileDescriptor descriptor) {
        this.name = name;
        this.stream = new FileOutputStream(descriptor);
        this.channel = stream.getChannel();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int write(ByteBuffer lines) throws IOException {
        return channel.write(lines);
    }

    @Override
    public void reopen() {
        // It has no name that could lead elsewhere.
    }

    @Override
    public void interrupt(Thread writer) {
        // An interrupt would close the stream for everybody. The writer does not keep the process from ending.
    }

    @Override
    public void close() {
        // Others write to it too.
    }
}

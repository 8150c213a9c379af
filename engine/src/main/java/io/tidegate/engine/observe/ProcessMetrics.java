package io.tidegate.engine.observe;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the process uses: processor, memory, files. Names are those that Prometheus' own clients use.
final class ProcessMetrics {

    private static final Path STATUS = Path.of("/proc/self/status");

    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
    private final double started = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;

    void writeTo(PrometheusWriter out) throws IOException {
        process(out);
        memory(out);
        java(out);
    }

    private void process(PrometheusWriter out) throws IOException {
        one(out, "process_start_time_seconds", SeriesType.GAUGE, "When the process started.", started);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            one(out, "process_cpu_seconds_total", SeriesType.COUNTER, "Processor time used, in the kernel too.",
                    Math.max(0, system.getProcessCpuTime()) / 1e9);
            one(out, "process_open_fds", SeriesType.GAUGE, "Open files and sockets.",
                    (double) system.getOpenFileDescriptorCount());
            one(out, "process_max_fds", SeriesType.GAUGE, "Most files and sockets that may be open.",
                    (double) system.getMaxFileDescriptorCount());
        }
        long resident = residentBytes();
        if (resident >= 0) {
            one(out, "process_resident_memory_bytes", SeriesType.GAUGE, "Memory that is in use.", (double) resident);
        }
    }

    /// Memory in use by the kernel's count, -1 where it does not tell.
    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmRSS:") && line.endsWith("kB")) {
                    return Long.parseLong(line.substring(6, line.length() - 2).strip()) * 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
        return -1;
    }

    private void memory(PrometheusWriter out) throws IOException {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        out.family("jvm_memory_used_bytes", SeriesType.GAUGE, "Memory of the Java machine in use.");
        out.sample("jvm_memory_used_bytes", "area=\"heap\"", heap.getUsed());
        out.sample("jvm_memory_used_bytes", "area=\"nonheap\"", other.getUsed());
        out.family("jvm_memory_max_bytes", SeriesType.GAUGE,
                "Most memory the Java machine may use; -1 where there is no bound.");
        out.sample("jvm_memory_max_bytes", "area=\"heap\"", heap.getMax());
        out.sample("jvm_memory_max_bytes", "area=\"nonheap\"", other.getMax());
        out.family("jvm_buffer_pool_used_bytes", SeriesType.GAUGE,
                "Memory of the Java machine's own buffers outside the heap.");
        for (BufferPoolMXBean pool : pools) {
            out.sample("jvm_buffer_pool_used_bytes", PrometheusWriter.label("pool", pool.getName()),
                    pool.getMemoryUsed());
        }
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric buffers = provider.metric();
            out.family("tidegate_buffer_memory_bytes", SeriesType.GAUGE,
                    "Memory held for what passes through the gateway.");
            out.sample("tidegate_buffer_memory_bytes", "area=\"direct\"", buffers.usedDirectMemory());
            out.sample("tidegate_buffer_memory_bytes", "area=\"heap\"", buffers.usedHeapMemory());
        }
    }

    private void java(PrometheusWriter out) throws IOException {
        out.family("jvm_gc_collection_seconds", SeriesType.SUMMARY, "Time spent in collections of garbage.");
        for (GarbageCollectorMXBean collector : collectors) {
            String labels = PrometheusWriter.label("gc", collector.getName());
            out.sample("jvm_gc_collection_seconds_sum", labels, collector.getCollectionTime() / 1e3);
            out.sample("jvm_gc_collection_seconds_count", labels, collector.getCollectionCount());
        }
        one(out, "jvm_threads_current", SeriesType.GAUGE, "Threads of the Java machine, virtual ones not counted.",
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void one(PrometheusWriter out, String name, SeriesType type, String help, double value)
            throws IOException {
        out.family(name, type, help);
        out.sample(name, "", value);
    }
}

"""What the benchmark scripts share: processes, gateways, load, statistics and reports."""

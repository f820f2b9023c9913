"""Prometheus metrics of this process."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("casset_requests_total", "Requests answered by Django.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram("casset_request_seconds", "Time to answer a request.", ["route"])
STREAM_REQUESTS = Counter("casset_stream_requests_total", "Audio requests by status.", ["status"])
STREAM_BYTES = Counter("casset_stream_bytes_total", "Audio bytes sent by this process.")
STREAMS_OPEN = Gauge("casset_streams_open", "Audio answers being sent now.")
INGESTS = Counter("casset_ingests_total", "Finished ingests by result.", ["result"])

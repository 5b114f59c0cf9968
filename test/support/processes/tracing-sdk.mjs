// Loaded before a server under test (`NODE_OPTIONS=--import`): an SDK of OpenTelemetry that writes each span as a line.
import { appendFileSync } from 'node:fs';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const file = process.env['SPANS_FILE'] ?? '/dev/null';

const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { traceId, spanId } = span.spanContext();
      const parentId = span.parentSpanContext?.spanId;
      const { name, attributes, status } = span;
      const line = { pid: process.pid, traceId, spanId, parentId, name, attributes, status: status.code };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    }
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();

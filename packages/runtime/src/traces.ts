import { setTimeout as sleep } from 'node:timers/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Telemetry } from 'bullmq'

export type Traces = { telemetry: Telemetry; close(): Promise<void> }

// A batch is 5 to 10 spans on its way, and a span costs about what BullMQ itself costs.
const defaultShare = 0.01

// A collector that is away does not hold a worker up that closes.
const closeMs = 2_000

/**
 * Traces of batches by OpenTelemetry, from the first stage to the last one trace each, where OTEL_EXPORTER_OTLP_ENDPOINT names a
 * collector; null, and nothing of OpenTelemetry loaded, otherwise. OTEL_TRACES_SAMPLER_ARG is the share of the batches that are
 * traced. The exporter reads its other variables itself.
 * @throws IdiolectError `config_invalid`
 */
export async function startTraces(env: NodeJS.ProcessEnv, serviceName: string): Promise<Traces | null> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return null
  const share = Number(env.OTEL_TRACES_SAMPLER_ARG ?? defaultShare)
  if (!(share >= 0 && share <= 1)) {
    const given = env.OTEL_TRACES_SAMPLER_ARG
    throw new IdiolectError('config_invalid', `OTEL_TRACES_SAMPLER_ARG is ${given}; use a share from 0 to 1`)
  }
  const [{ BullMQOtel }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('bullmq-otel'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    // Decided where a batch begins; the stages after it follow.
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  })
  // How a batch's trace reaches the code that puts it on the next queue.
  provider.register()
  return {
    telemetry: new BullMQOtel({ tracerName: 'idiolect' }),
    close: () => Promise.race([provider.shutdown(), sleep(closeMs)]),
  }
}

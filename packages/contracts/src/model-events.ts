import { channel } from 'node:diagnostics_channel'

/** One run of a model: some rows through it at once. */
export type ModelRun = {
  model: string
  rows: number
  /** 0 to 1: how much of what it may be given at once it was given, padding included. */
  fill: number
}

/** One try of a request to a model server. */
export type EndpointTry = {
  model: string
  seconds: number
  /** `2xx` … `5xx` by the status (`429` by itself), `none` where no whole answer came, `garbage` where it was not what was agreed. */
  code: string
}

/** What models tell of themselves to whoever listens in their process; numbers and names, no texts. */
export const modelRuns = eventChannel<ModelRun>('idiolect:model-run')
export const endpointTries = eventChannel<EndpointTry>('idiolect:endpoint-try')

function eventChannel<Event extends object>(name: string) {
  const events = channel(name)
  return {
    /** Costs nothing while nobody listens. */
    tell(event: Event): void {
      events.publish(event)
    },

    /** @returns what ends it */
    listen(listener: (event: Event) => void): () => void {
      const receive = (event: unknown) => listener(event as Event)
      events.subscribe(receive)
      return () => events.unsubscribe(receive)
    },
  }
}

/** One row of a table of behaviour: what is configured, what is asked, and what comes of it. */
export type Row = {
  /** Part of the names of its resource, connections and key: at most 36 characters. */
  readonly name: string
  /** The guarantee, in a sentence. */
  readonly says: string
  /** The targets in the order of the resource: `first`, `second`, `third`. */
  readonly targets: readonly TargetPlan[]
  /** Only clients that stream, or only those that don't; all of them when absent. */
  readonly stream?: boolean
  /** More of the resource. */
  readonly resource?: object
  /** More of an API key of its own; without it, the key that may use every resource. */
  readonly key?: object
  /** Limits of an environment, or of a workspace, of its own. */
  readonly environment?: object
  readonly workspace?: object
  /** Requests that are made before the one that is observed, one after the other, whatever they are answered. */
  readonly before?: number
  /** `<place>/<model>` of a stream that is open until the observed request has had its first answer. */
  readonly occupant?: string
  readonly ask?: Ask
  readonly expected: Expected
}

export const PLACES = ['first', 'second', 'third'] as const
export type Place = (typeof PLACES)[number]

export type TargetPlan = {
  /** `closed`: nobody listens there. `silent`: takes connections and never speaks. */
  readonly on: 'demo' | 'aimock' | 'closed' | 'silent'
  readonly model: string
  /** More of its connection. */
  readonly connection?: object
}

export type Ask = {
  /** Instead of the row's resource; `<place>/<model>` stands for that target's connection. */
  readonly model?: string
  /** Instead of the key that fits. */
  readonly apiKey?: string
  /** Instead of chat completions; without the prefix. */
  readonly path?: string
  /** More of the body. */
  readonly body?: object
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of the SDK's own number of retries. */
  readonly maxRetries?: number
}

export type Expected = {
  /**
   * For each HTTP call that the SDK makes when left alone, what the gateway tried: a place, the outcome and, after it,
   * what the transport said. What must not reach the upstream is in parentheses.
   */
  readonly calls: readonly (readonly string[])[]
  /** What the last call is told; the others are told the same code. Absent: it is served. */
  readonly refused?: Refused
  /** The code that is told to calls before the last one, where that is served in the end. */
  readonly refusedBefore?: Refused
  /** The stream breaks after its first event, which may have no text yet. */
  readonly broken?: 'with text' | 'without text'
  /** It is refused before there is anything to record. */
  readonly unrecorded?: true
  /** Least milliseconds between requests as they arrive at upstreams. */
  readonly gapsMs?: readonly number[]
}

export type Refused = {
  /** As the reference of errors has it; its status, type, source and retry are expected too unless they are said here. */
  readonly code: string
  /** The code that the client sees, where it is the provider's. */
  readonly shown?: string
  readonly status?: number
  readonly retry?: boolean
  /** Of the last call: `some`, or exactly this; absent: the header must be absent. */
  readonly retryAfterMs?: number | 'some'
  readonly message?: RegExp
  readonly param?: string
}

export const CLIENTS = ['node', 'node-stream', 'python', 'python-stream'] as const
export type Client = (typeof CLIENTS)[number]
export const streams = (client: Client) => client.endsWith('stream')
export const clientsOf = ({ stream }: Row): Client[] =>
  CLIENTS.filter((client) => stream === undefined || streams(client) === stream)

/** Names its resource and marks its requests. */
export const markOf = (row: Row, client: Client) => `${row.name}.${client}`
export const connectionOf = (mark: string, place: Place) => `${mark}.${place}`

export const demo = (faults = '', connection: object = {}): TargetPlan => ({
  on: 'demo',
  model: `demo${faults}`,
  connection,
})
export const aimock = (model: string, connection: object = {}): TargetPlan => ({ on: 'aimock', model, connection })

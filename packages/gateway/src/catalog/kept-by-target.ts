/**
 * Values by the key of a target, or of what owns targets. Those that only clients name have room of their own, for their
 * number has no end: they push out each other, the oldest first, and never one that configuration names.
 */
export class KeptByTarget<V> {
  readonly #named = new Map<string, V>()
  readonly #invented = new Map<string, V>()
  readonly #dropped: (key: string) => void

  /** @param dropped called for each that had to make room */
  constructor(dropped: (key: string) => void = () => {}) {
    this.#dropped = dropped
  }

  get size(): number {
    return this.#named.size + this.#invented.size
  }

  get(key: string): V | undefined {
    return this.#named.get(key) ?? this.#invented.get(key)
  }

  /** Where configuration names it now, it is kept as such from now on. */
  find(key: string, invented: boolean): V | undefined {
    const value = this.get(key)
    if (value !== undefined && !invented && this.#invented.has(key)) this.set(key, value, false)
    return value
  }

  set(key: string, value: V, invented: boolean): void {
    if (invented && !this.#named.has(key)) return this.#keep(this.#invented, key, value, MOST_INVENTED)
    this.#invented.delete(key)
    this.#keep(this.#named, key, value, MOST_NAMED)
  }

  delete(key: string): void {
    this.#named.delete(key)
    this.#invented.delete(key)
  }

  keys(): Iterable<string> {
    return [...this.#named.keys(), ...this.#invented.keys()]
  }

  #keep(values: Map<string, V>, key: string, value: V, most: number): void {
    values.set(key, value)
    if (values.size <= most) return
    const oldest = values.keys().next()
    if (oldest.done) return
    values.delete(oldest.value)
    this.#dropped(oldest.value)
  }
}

const MOST_INVENTED = 10_000
/** Configuration bounds them; over the years it may have named more than it does now. */
const MOST_NAMED = 100_000

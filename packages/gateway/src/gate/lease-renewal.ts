import { type CapacityStore, LEASE_MS, type Receipt } from '../capacity/capacity-store.ts'

/** Keeps the concurrent places of requests that are under way. Its timer runs only while there are some. */
export class LeaseRenewal {
  readonly #store: CapacityStore
  readonly #held = new Set<Receipt>()
  #timer: NodeJS.Timeout | undefined

  constructor(store: CapacityStore) {
    this.#store = store
  }

  hold(receipt: Receipt): void {
    if (!receipt.leased) return
    this.#held.add(receipt)
    this.#timer ??= setInterval(() => this.#renew(), LEASE_MS / 3).unref()
  }

  drop(receipt: Receipt): void {
    if (receipt.leased) this.#held.delete(receipt)
  }

  #renew(): void {
    if (this.#held.size > 0) return this.#store.renew(this.#held)
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

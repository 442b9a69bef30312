/** Something that is to give a sign of life now and then. */
export type Beating = { beat(): void }

/** Gives all connections their turn, each once in `intervalMs`, with one timer for all of them. */
export class Heartbeats {
  readonly #slots: Set<Beating>[] = Array.from({ length: SLOTS }, () => new Set())
  readonly #timer: NodeJS.Timeout
  #turn = 0
  #added = 0

  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.#beat(), intervalMs / SLOTS).unref()
  }

  /** The function that comes back takes it out. */
  add(beating: Beating): () => void {
    this.#added += 1
    const slot = this.#slots[this.#added % SLOTS]
    slot?.add(beating)
    return () => void slot?.delete(beating)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    this.#turn += 1
    for (const beating of this.#slots[this.#turn % SLOTS] ?? []) beating.beat()
  }
}

// Ten thousand at once would hold up every answer meanwhile.
const SLOTS = 24

import { z } from 'zod'

// A share of all calls, or exactly the next so many.
const chance = z.union([z.number().min(0).max(1), z.strictObject({ next: z.int().min(0) })])

/** What may be said about faults, over HTTP or in the process; what is left out stays as it is. */
export const faultSettings = z
  .strictObject({ latencyMs: z.int().min(0).max(600_000), failBefore: chance, failAfter: chance })
  .partial()

/** `latencyMs` before every answer under /v1; `failBefore` and `failAfter` are a share, or the next so many calls. */
export type FaultSettings = z.output<typeof faultSettings>

/** The provider's misbehaviour, adjustable while it runs. */
export type Faults = {
  /** Changes what `settings` names. */
  set(settings: FaultSettings): void
  /** As set, with counters run down. */
  get(): Required<FaultSettings>
  /** Whether this charge or refund shall fail before it happens; uses up one of a counter. */
  failsBefore(): boolean
  /** Whether this charge or refund shall happen but never be answered; uses up one of a counter. */
  failsAfter(): boolean
}

/** Faults as given at start. */
export function createFaults(settings: Required<FaultSettings>): Faults {
  let current = settings
  const hits = (name: 'failBefore' | 'failAfter'): boolean => {
    const value = current[name]
    if (typeof value === 'number') return Math.random() < value
    current = { ...current, [name]: { next: Math.max(0, value.next - 1) } }
    return value.next > 0
  }
  return {
    set: (changes) => void (current = { ...current, ...faultSettings.parse(changes) }),
    get: () => current,
    failsBefore: () => hits('failBefore'),
    failsAfter: () => hits('failAfter'),
  }
}

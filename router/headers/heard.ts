import type { IncomingHttpHeaders } from 'node:http'
import type { ResponseRule } from '../options/headers.ts'

// Most hear nothing of their own: nothing is made for that.
const NOTHING: ReadonlyMap<string, ReadonlySet<string>> = new Map()
const NONE: readonly undefined[] = []

/** Hears of the answers that one request's calls got, or those of a run that several requests share. */
export class Heard {
  readonly #rules: readonly ResponseRule[]
  #values: Map<string, Set<string>> | undefined
  #cacheControls: (string | undefined)[] | undefined
  #run: Heard | undefined

  /** Nothing yet; headers are taken by `rules`. */
  constructor(rules: readonly ResponseRule[]) {
    this.#rules = rules
  }

  /** An answer of a subgraph. `isCacheable`: a query, answered without errors. */
  answer(subgraph: string, headers: IncomingHttpHeaders, isCacheable: boolean): void {
    for (const rule of this.#rules) if (isFor(rule, subgraph)) this.#take(rule, headers[rule.name])
    // Of several there is a list, whatever the type says.
    const said = isCacheable ? headers['cache-control'] : undefined
    this.#note(said === undefined ? undefined : [said].flat().join(', '))
  }

  /** What was kept of an answer, for as long as it may still be kept. */
  kept(leftS: number): void {
    this.#note(`public, max-age=${Math.max(0, Math.floor(leftS))}`)
  }

  /** A call that brought nothing. */
  failure(): void {
    this.#note(undefined)
  }

  /** Another one by the same rules: for a run that several requests share. */
  another(): Heard {
    return new Heard(this.#rules)
  }

  /** Has heard all that `run` has, too. Costs the same however much that is. */
  adopt(run: Heard): void {
    this.#run = run
  }

  /** The values of the headers that the rules take, by the names that clients get. */
  values(): ReadonlyMap<string, ReadonlySet<string>> {
    const shared = this.#run?.values() ?? NOTHING
    if (this.#values === undefined) return shared
    const all = new Map<string, ReadonlySet<string>>(shared)
    for (const [name, values] of this.#values) all.set(name, all.get(name)?.union(values) ?? values)
    return all
  }

  /** Of each answer its `Cache-Control`; undefined where it must not be kept. */
  cacheControls(): readonly (string | undefined)[] {
    const shared = this.#run?.cacheControls() ?? NONE
    return this.#cacheControls === undefined ? shared : [...shared, ...this.#cacheControls]
  }

  #note(cacheControl: string | undefined): void {
    this.#cacheControls ??= []
    this.#cacheControls.push(cacheControl)
  }

  #take({ name, as = name }: ResponseRule, given: string | string[] | undefined): void {
    if (given === undefined) return
    this.#values ??= new Map()
    const known = this.#values.get(as) ?? new Set()
    this.#values.set(as, known)
    for (const value of [given].flat()) known.add(value)
  }
}

/** Whether a rule is for the headers of this subgraph. */
export const isFor = ({ subgraphs }: ResponseRule, subgraph: string): boolean => subgraphs?.includes(subgraph) ?? true

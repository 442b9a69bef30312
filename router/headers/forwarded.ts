import { UNSEEN, unseenTraceparent } from '#platform/telemetry/unseen-traces.ts'

type Headers = Readonly<Record<string, string>>

// They tell requests apart and change no answer.
const IDS: ReadonlySet<string> = new Set(['x-request-id', 'traceparent', 'tracestate'])
const ADDRESS = 'x-client-address'

// What every call carries.
const COMMON = ['content-type', 'application/json', 'accept', 'application/graphql-response+json, application/json']

/**
 * Headers of a request that go on to subgraphs, by lower-case names. What is made of them is kept with them, for as long as
 * the request lasts: to look it up in a weak map costs a microsecond and more for each request.
 */
export class Forwarded {
  readonly headers: Headers
  #identity: string | undefined
  #list: string[] | undefined
  // Makers, and what each made, in turn: there is one, or two.
  #made: unknown[] | undefined
  readonly #tokenName: string | undefined

  /** `tokenName`: what tells the `authorization` from any other as well as its text, which is long. */
  constructor(headers: Headers, tokenName?: string) {
    this.headers = headers
    this.#tokenName = tokenName
  }

  /** The address of the client, where it is known. */
  get address(): string | undefined {
    return this.headers[ADDRESS]
  }

  /** All that goes along with queries but the ids: whoever differs in it may get another answer. */
  get identity(): string {
    return (this.#identity ??= identityIn(this.headers, this.#tokenName))
  }

  /**
   * The headers of a call: names and values in turn. A query carries no address of its client: its answer may be that of
   * others, who all have one of their own.
   */
  listFor({ isQuery }: { isQuery: boolean }): string[] {
    const list = (this.#list ??= listOf(this.headers))
    return isQuery || this.address === undefined ? list : [...list, ADDRESS, this.address]
  }

  /** What `make` makes, once for each `maker`. */
  once<Made>(maker: object, make: () => Made): Made {
    const at = this.#made?.indexOf(maker) ?? -1
    if (at !== -1) return this.#made?.[at + 1] as Made
    const made = make()
    this.#made ??= []
    this.#made.push(maker, made)
    return made
  }
}

function listOf(headers: Headers): string[] {
  const list = [...COMMON]
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? ''
    if (name !== ADDRESS) list.push(name, value === UNSEEN ? unseenTraceparent() : value)
  }
  return list
}

function identityIn(headers: Headers, tokenName: string | undefined): string {
  let identity = ''
  for (const name of Object.keys(headers)) {
    if (name === ADDRESS || IDS.has(name)) continue
    const value = (name === 'authorization' ? tokenName : undefined) ?? headers[name] ?? ''
    // With its length, no value can be taken for the next header.
    identity += `${name}:${value.length}:${value} `
  }
  return identity
}

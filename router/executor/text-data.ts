import { type Data, put } from './json-data.ts'

/** The JSON of data, and the whole answer as it is sent, once somebody has written it. */
export type DataText = { readonly text: string; answer?: Buffer }

// What only textOfData asks for. A weak map would have the collector go through all answers under way.
const TEXT = Symbol('text')

/**
 * Data of which the JSON is known: it is parsed when somebody looks into it. Until then {@link textOfData} has its text, so
 * that those who share an answer need not each write it again: that was a third of what a heavy shared query costs.
 */
export const textData = (known: DataText): Data => new Proxy({}, new Unread(known))

/** The text of {@link textData} as long as nobody looked into it: whoever did may have changed it. */
export const textOfData = (data: unknown): DataText | undefined =>
  typeof data === 'object' && data !== null ? (data as { [TEXT]?: DataText })[TEXT] : undefined

class Unread implements ProxyHandler<Data> {
  #known: DataText | undefined

  constructor(known: DataText) {
    this.#known = known
  }

  #read(data: Data): Data {
    if (this.#known === undefined) return data
    const { text } = this.#known
    this.#known = undefined
    for (const [key, value] of Object.entries(JSON.parse(text) as Data)) put(data, key, value)
    return data
  }

  get(data: Data, key: string | symbol, receiver: unknown): unknown {
    return key === TEXT ? this.#known : Reflect.get(this.#read(data), key, receiver)
  }

  set(data: Data, key: string | symbol, value: unknown, receiver: unknown): boolean {
    return Reflect.set(this.#read(data), key, value, receiver)
  }

  has(data: Data, key: string | symbol): boolean {
    return Reflect.has(this.#read(data), key)
  }

  ownKeys(data: Data): (string | symbol)[] {
    return Reflect.ownKeys(this.#read(data))
  }

  getOwnPropertyDescriptor(data: Data, key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#read(data), key)
  }

  defineProperty(data: Data, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#read(data), key, descriptor)
  }

  deleteProperty(data: Data, key: string | symbol): boolean {
    return Reflect.deleteProperty(this.#read(data), key)
  }

  preventExtensions(data: Data): boolean {
    return Reflect.preventExtensions(this.#read(data))
  }
}

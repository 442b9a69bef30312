import { type Data, put } from './json-data.ts'

/** The JSON of data, and the whole answer as it is sent, once somebody has written it. */
export type DataText = { readonly text: string; answer?: Buffer }

// Texts of data that nobody has looked into yet.
const texts = new WeakMap<object, DataText>()

/**
 * Data of which the JSON is known: it is parsed when somebody looks into it. Until then {@link textOfData} has its text, so
 * that those who share an answer need not each write it again: that was a third of what a heavy shared query costs.
 */
export function textData(known: DataText): Data {
  const data: Data = {}
  const looked = () => {
    if (!texts.delete(proxy)) return data
    for (const [key, value] of Object.entries(JSON.parse(known.text) as Data)) put(data, key, value)
    return data
  }
  const proxy: Data = new Proxy(data, {
    get: (_target, key, receiver) => Reflect.get(looked(), key, receiver),
    set: (_target, key, value) => Reflect.set(looked(), key, value),
    has: (_target, key) => Reflect.has(looked(), key),
    ownKeys: () => Reflect.ownKeys(looked()),
    getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(looked(), key),
    defineProperty: (_target, key, descriptor) => Reflect.defineProperty(looked(), key, descriptor),
    deleteProperty: (_target, key) => Reflect.deleteProperty(looked(), key),
    preventExtensions: () => Reflect.preventExtensions(looked()),
  })
  texts.set(proxy, known)
  return proxy
}

/** The text of {@link textData} as long as nobody looked into it: whoever did may have changed it. */
export const textOfData = (data: unknown): DataText | undefined =>
  typeof data === 'object' && data !== null ? texts.get(data) : undefined

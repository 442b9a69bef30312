import assert from 'node:assert/strict'

/** How a client asks for the one format and the other. */
export const DEFER_SPEC = 'multipart/mixed;deferSpec=20220824, application/json'
export const INCREMENTAL_SPEC = 'multipart/mixed; incrementalSpec=v0.2, application/json'

type Json = Record<string, unknown>
type Problem = { message: string; path?: (string | number)[]; extensions?: Json }

/** A part of an answer in either format. */
export type Part = {
  data?: unknown
  errors?: Problem[]
  hasNext?: boolean
  pending?: { id: string; path: (string | number)[]; label?: string }[]
  incremental?: { id?: string; path?: (string | number)[]; label?: string; data?: Json | null; errors?: Problem[] }[]
  completed?: { id: string; errors?: Problem[] }[]
}

/** An answer over HTTP: its parts as they come. One that is whole is one part. */
export type PartsAnswer = { status: number; contentType: string; parts: AsyncGenerator<Part, void> }

/** Asks as `fetch` does, and reads the parts one by one: each when its boundary is there. */
export async function ask(
  url: string,
  body: { query: string; variables?: Json },
  {
    accept = DEFER_SPEC,
    headers = {},
    signal,
  }: { accept?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<PartsAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  const contentType = response.headers.get('content-type') ?? ''
  assert.ok(response.body)
  return { status: response.status, contentType, parts: partsOf(response.body, contentType) }
}

async function* partsOf(body: ReadableStream<Uint8Array>, contentType: string): AsyncGenerator<Part, void> {
  const decoder = new TextDecoder()
  let text = ''
  if (!contentType.startsWith('multipart/mixed')) {
    for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
    yield JSON.parse(text)
    return
  }
  const boundary = `\r\n--${/boundary="([^"]+)"/.exec(contentType)?.[1]}`
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const pieces = text.split(boundary)
    text = pieces.pop() ?? ''
    for (const piece of pieces.filter((each) => each.trim() !== '')) {
      const [head = '', json = ''] = piece.split('\r\n\r\n')
      assert.match(head, /content-type: application\/json/)
      yield JSON.parse(json)
    }
  }
  assert.equal(text.trim(), '--', 'the last boundary ends the answer')
}

/** All parts of an answer. */
export async function allParts(answer: PartsAnswer): Promise<Part[]> {
  const parts: Part[] = []
  for await (const part of answer.parts) parts.push(part)
  return parts
}

/** The whole answer that a client ends up with, of either format. Every fragment must be announced and come once. */
export function mergeParts(parts: readonly Part[]): {
  data: unknown
  errors: Problem[]
  failed: (string | number)[][]
} {
  const [first, ...later] = parts
  const whole = {
    data: structuredClone(first?.data),
    errors: [...(first?.errors ?? [])],
    failed: [] as (string | number)[][],
  }
  const open = new Map((first?.pending ?? []).map((each) => [each.id, each.path]))
  for (const [index, part] of later.entries()) {
    assert.equal(part.hasNext, index < later.length - 1)
    for (const { id, path } of part.pending ?? []) open.set(id, path)
    for (const { id, path, data, errors = [] } of part.incremental ?? []) {
      const place = path ?? open.get(id ?? '')
      assert.ok(place, 'a part has a place')
      if (data) mergeInto(at(whole.data, place), data)
      else whole.failed.push(place)
      whole.errors.push(...errors)
    }
    for (const { id, errors } of part.completed ?? []) {
      assert.ok(open.has(id), 'what is completed was announced')
      if (errors) whole.failed.push(open.get(id) ?? [])
      whole.errors.push(...(errors ?? []))
      open.delete(id)
    }
  }
  assert.equal(open.size, 0, 'everything that was announced has come')
  return whole
}

function at(data: unknown, path: readonly (string | number)[]): Json {
  let value = data
  for (const key of path) value = (value as Json)[key]
  assert.ok(typeof value === 'object' && value !== null, `there is an object at ${path.join('.')}`)
  return value as Json
}

function mergeInto(target: Json, source: Json): void {
  for (const [key, value] of Object.entries(source)) {
    const there = target[key]
    if (typeof value === 'object' && value !== null && typeof there === 'object' && there !== null)
      mergeInto(there as Json, value as Json)
    else target[key] = value
  }
}

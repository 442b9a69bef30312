import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createChanges } from '../../router/caching/changes.ts'
import { type Asked, createKeptAnswers, type KeptPart } from '../../router/caching/kept-answers.ts'
import { Heard } from '../../router/headers/heard.ts'
import { createRequestContext, type RequestContext } from '../../router/request-context.ts'
import { ANONYMOUS } from '../../router/security/authenticate.ts'

const signal = new AbortController().signal
const contextOf = (headers: Record<string, string> = {}): RequestContext =>
  createRequestContext(headers, { identity: ANONYMOUS, signal, clientAddress: undefined })
const PART: KeptPart = { subgraph: 'books', tags: ['Book:["1"]', '*'], untilMs: Number.POSITIVE_INFINITY }

function start(maxBytes = 100_000) {
  const changes = createChanges()
  const hits: unknown[][] = []
  let isCurrent = true
  const answers = createKeptAnswers({
    maxBytes,
    changes,
    isCurrent: () => isCurrent,
    metrics: { hit: (...hit) => void hits.push(hit) },
  })
  return { answers, changes, hits, doubt: () => void (isCurrent = false) }
}

const asked = (more: Partial<Asked> = {}): Asked => ({
  operation: { id: 1, subgraphs: ['books'] },
  variables: '{}',
  context: contextOf(),
  ...more,
})
const KNOWN = { text: '{"book":{"title":"one"}}' }

test('an answer is found by whoever shares its parts, for the same operation and variables', () => {
  const { answers, hits } = start()
  answers.keep(asked(), { known: KNOWN, parts: [PART, PART], changes: 0 })
  assert.equal(answers.find(asked({ context: contextOf({ 'x-request-id': 'another' }) })), KNOWN)
  assert.deepEqual(hits, [['books', 'answer', 2]])
  assert.equal(answers.find(asked({ operation: { id: 2, subgraphs: ['books'] } })), undefined)
  assert.equal(answers.find(asked({ variables: '{"id":1}' })), undefined)
  assert.equal(answers.find(asked({ context: contextOf({ 'x-currency': 'EUR' }) })), undefined)
})

test('a change of one of its parts drops it, and no other does', () => {
  const { answers, changes } = start()
  const parts = [PART, { ...PART, subgraph: 'loans', tags: ['Loan:["7"]'] }]
  answers.keep(asked(), { known: KNOWN, parts, changes: changes.count() })
  changes.note('books', ['Book:["2"]'])
  changes.note('loans', ['Book:["1"]'])
  assert.equal(answers.find(asked()), KNOWN)
  changes.note('loans', ['Loan:["7"]'])
  assert.equal(answers.find(asked()), undefined)
})

test('an answer that was asked for before a change of one of its parts is not kept', () => {
  const { answers, changes } = start()
  changes.note('books', ['Book:["1"]'])
  answers.keep(asked(), { known: KNOWN, parts: [PART], changes: 0 })
  assert.equal(answers.find(asked()), undefined)
  changes.note('books', ['Book:["2"]'])
  answers.keep(asked(), { known: KNOWN, parts: [PART], changes: 1 })
  assert.equal(answers.find(asked()), KNOWN)
  changes.noteAll()
  assert.equal(answers.find(asked()), undefined)
})

test('it is as old as its oldest part, and tells how much time is left', () => {
  mock.timers.enable({ apis: ['Date'], now: 0 })
  try {
    const { answers } = start()
    const left: number[] = []
    const heard = new Heard([])
    heard.kept = (leftS) => void left.push(leftS)
    const parts = [PART, { ...PART, untilMs: 60_000 }, { ...PART, untilMs: 30_000 }]
    answers.keep(asked(), { known: KNOWN, parts, changes: 0 })
    mock.timers.tick(29_000)
    assert.equal(answers.find(asked({ context: { ...contextOf(), heard } })), KNOWN)
    assert.deepEqual(left, [1])
    mock.timers.tick(1_000)
    assert.equal(answers.find(asked()), undefined)
  } finally {
    mock.timers.reset()
  }
})

test('nothing is answered, and nothing kept, while it is not known what has changed', () => {
  const { answers, doubt } = start()
  answers.keep(asked(), { known: KNOWN, parts: [PART], changes: 0 })
  doubt()
  assert.equal(answers.find(asked()), undefined)
})

test('it takes no more memory than it may', () => {
  const { answers } = start(10_000)
  for (let n = 0; n < 100; n += 1)
    answers.keep(asked({ variables: `{"n":${n}}` }), { known: KNOWN, parts: [PART], changes: 0 })
  assert.ok(answers.bytes() > 5_000 && answers.bytes() <= 10_000, `${answers.bytes()} bytes`)
  assert.equal(answers.find(asked({ variables: '{"n":99}' })), KNOWN)
  assert.equal(answers.find(asked({ variables: '{"n":0}' })), undefined)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { searchTerms, toTsquery } from '../../subgraphs/products/domain/search-query.ts'
import { firstFree, isSlug, slugify } from '../../subgraphs/products/domain/slug.ts'
import { beginsWithinOneMistake, isWithinOneMistake } from '../../subgraphs/products/domain/spelling.ts'
import { fold, sortKey, words } from '../../subgraphs/products/domain/text.ts'

const anyText = fc.string({ unit: 'binary' })
const word = fc.stringMatching(/^[a-z]{4,12}$/)

test('folds what people type differently into the same', () => {
  assert.equal(fold('Crème BRÛLÉE'), 'creme brulee')
  assert.equal(fold('Straße Ærø Łódź'), 'strasse aero lodz')
  assert.deepEqual(words('  4K-Webcam, “Pro” '), ['4k', 'webcam', 'pro'])
  assert.equal(sortKey('Éclair'), 'eclair')
})

test('a made slug is always a slug, and stays one when it is made again', () => {
  fc.assert(
    fc.property(anyText, (name) => {
      const slug = slugify(name, 'product')
      assert.ok(isSlug(slug), slug)
      assert.equal(slugify(slug, 'product'), slug)
    }),
  )
})

test('a slug is free, and the first that is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 6 })), (suffixes) => {
      const taken = new Set(suffixes.map((suffix) => (suffix === 1 ? 'a' : `a-${suffix}`)))
      const slug = firstFree('a', taken)
      assert.ok(!taken.has(slug))
      const place = slug === 'a' ? 1 : Number(slug.slice(2))
      for (let before = 1; before < place; before += 1) assert.ok(taken.has(before === 1 ? 'a' : `a-${before}`))
    }),
  )
})

test('what is no slug', () => {
  for (const text of ['', '-a', 'a-', 'a--b', 'A', 'ä', 'a b', 'a/b', 'a'.repeat(101)])
    assert.equal(isSlug(text), false, text)
})

const mistakes = fc.tuple(word, fc.nat(), fc.stringMatching(/^[a-z]$/)).chain(([text, at, letter]) => {
  const place = at % text.length
  const [head, tail] = [text.slice(0, place), text.slice(place)]
  return fc.tuple(
    fc.constant(text),
    fc.constantFrom(
      head + tail.slice(1),
      head + letter + tail,
      head + letter + tail.slice(1),
      head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2),
    ),
  )
})

test('forgives any one mistake in either direction, and in a word half typed', () => {
  fc.assert(
    fc.property(mistakes, anyText, ([text, typed], rest) => {
      assert.ok(isWithinOneMistake(typed, text))
      assert.ok(isWithinOneMistake(text, typed))
      assert.ok(beginsWithinOneMistake(typed, text + rest))
    }),
  )
})

test('forgives exactly what an exhaustive search would', () => {
  const short = fc.stringMatching(/^[ab]{0,4}$/)
  fc.assert(fc.property(short, short, (a, b) => assert.equal(isWithinOneMistake(a, b), oneMistakeFrom(a).has(b))))
})

test('a query is made of letters, digits and our own operators alone', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const known = searchTerms(text).map((term) => ({ term, isKnown: false, alike: [] }))
      const bare = toTsquery(known)
        .replaceAll(/'[\p{L}\p{N}]+'/gu, 'w')
        .replaceAll('w:*', 'w')
      assert.match(bare, /^(\(w\)( & \(w\))*)?$/)
    }),
  )
})

test('asks for corrections only where nobody knows the word', () => {
  const alike = ['headphones', 'telephones', 'hydroponic']
  assert.equal(toTsquery([{ term: 'hedphones', isKnown: true, alike }]), "('hedphones':*)")
  assert.equal(
    toTsquery([
      { term: 'hedphones', isKnown: false, alike },
      { term: 'pro', isKnown: true, alike: [] },
    ]),
    "('hedphones' | 'headphones') & ('pro':*)",
  )
  assert.equal(toTsquery([{ term: 'pra', isKnown: false, alike: ['pro'] }]), "('pra':*)")
})

function oneMistakeFrom(text: string): Set<string> {
  const found = new Set([text])
  for (let place = 0; place <= text.length; place += 1) {
    const [head, tail] = [text.slice(0, place), text.slice(place)]
    for (const letter of ['a', 'b']) found.add(head + letter + tail).add(head + letter + tail.slice(1))
    found.add(head + tail.slice(1)).add(head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2))
  }
  return found
}

// How search finds, in the reference of `npm run graph -- docs`. MiniSearch stands before it in the same file.

// A name's last part is what most ask for: `inStock` of `Product.inStock`. A whole word is worth more than the beginning of one, however rare that is.
const RANKING = { boost: { last: 8, name: 3 }, weights: { prefix: 0.05, fuzzy: 0.05 } }

window.createFind = (entries) => {
  const index = new MiniSearch({ fields: ['last', 'name', 'kind', 'text'], tokenize: wordsOf })
  index.addAll(
    entries.map(([name, , kind, text], id) => ({ id, name, last: partsOf(name).at(-1) ?? name, kind, text })),
  )
  return (asked) => {
    const options = { ...RANKING, tokenize: partsOf, prefix: true, combineWith: /** @type {const} */ ('AND') }
    const exact = index.search(asked, options)
    const found = exact.length > 0 ? exact : index.search(asked, { ...options, fuzzy: mistakesIn })
    const isNamed = (/** @type {Entry} */ [name]) => Number(name.toLowerCase() === asked.trim().toLowerCase())
    return found
      .flatMap(({ id, score }) => {
        const entry = entries[id]
        return entry === undefined ? [] : [{ entry, score }]
      })
      .toSorted((one, other) => isNamed(other.entry) - isNamed(one.entry) || other.score - one.score)
      .map(({ entry }) => entry)
  }
}

/**
 * Two letters that changed places are two mistakes; a short word with so many is another one.
 * @param {string} word
 */
function mistakesIn(word) {
  if (word.length < 3) return false
  return word.length < 5 ? 1 : 2
}

/**
 * `Product`, `inStock` and `first` of `Product.inStock(first:)`.
 * @param {string} text
 */
function partsOf(text) {
  return text.split(/[\s.(:),]+/).filter(Boolean)
}

/**
 * The parts, and the words that they are made of: `in` and `Stock`, too.
 * @param {string} text
 */
function wordsOf(text) {
  const words = partsOf(text).flatMap((part) => part.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [])
  return [...new Set([...partsOf(text), ...words])]
}

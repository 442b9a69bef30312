const WORDS = (
  'it was sent on time and stands well in the hall but one leg is a little short so we put a coin under it ' +
  'colour and surface are as in the picture and after three months of daily use nothing is loose'
).split(' ')

/** A text of exactly `length` characters, always the same one for the same `seed`. */
export function textOf(seed: string, length: number): string {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2_147_483_647, 7)
  let text = ''
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647
    text += `${WORDS[state % WORDS.length]} `
  }
  return `${text.slice(0, length - 1)}.`
}

// Letters that Unicode does not decompose into a base letter and a mark.
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  ĸ: 'k',
}
const NOT_ASCII = /[^\0-\x7f]/gu
const MARKS = /\p{M}+/gu
const WORD = /[\p{L}\p{N}]+/gu

/** Lower case without accents: what two people who mean the same word both type. "Crème Brûlée" is "creme brulee". */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(NOT_ASCII, (letter) => LATIN[letter] ?? letter)

/** The words of `text`, folded; whatever is no letter or digit separates them. */
export const words = (text: string): string[] => fold(text).match(WORD) ?? []

/** By which names are put in order: the same on every server, whatever its locale. */
export const sortKey = (name: string): string => words(name).join(' ')

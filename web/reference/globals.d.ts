import type MiniSearchClass from 'minisearch'

// What the scripts of the reference find when they run.
declare global {
  /** `find.js` begins with it. */
  const MiniSearch: typeof MiniSearchClass

  /** All that `search.js` is. */
  const searchEntries: readonly Entry[]

  /** Name, address from the folder, kind, first sentence. */
  type Entry = readonly [name: string, href: string, kind: string, text: string]

  interface Window {
    /**
     * From words to the entries that have all of them, best first; where none has, to those that have nearly all: a typing mistake or
     * two in a word are forgiven.
     */
    createFind(this: void, entries: readonly Entry[]): (asked: string) => Entry[]
  }
}

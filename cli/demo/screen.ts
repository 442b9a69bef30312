import { stripVTControlCharacters, styleText } from 'node:util'
import { render } from './render.ts'

/** Where the story is told. */
export type Screen = {
  act(title: string): void
  say(text: string): void
  request(document: string, variables: object): void
  answer(data: unknown): void
  event(name: string, data: unknown): void
  /** Lines at the very end. */
  summary(lines: readonly string[]): void
}

type Style = Parameters<typeof styleText>[0]

const WIDTH = 98
const MARGIN = 4
const LIMITS = { items: 3, text: 44 }

/** Tells the story by `write`; `isColoured` only where somebody watches it at a terminal. */
export function createScreen(write: (text: string) => void, isColoured: boolean): Screen {
  let acts = 0
  const line = (text = '') => write(`${isColoured ? text : stripVTControlCharacters(text)}\n`)
  const block = (lines: readonly string[], colour: (text: string) => string) => {
    for (const text of lines) line(' '.repeat(MARGIN) + colour(text))
    line()
  }
  return {
    act: (title) => line(`\n${paint('bold', `${String(++acts).padStart(2)}  ${title}`)}`),
    say: (text) => block(wrap(text, WIDTH - MARGIN), (words) => words),
    request: (document, variables) => {
      const given = Object.keys(variables).length === 0 ? [] : shown(variables, 'with ')
      block([...document.split('\n'), ...given], (text) => paint('dim', text))
    },
    answer: (data) => block(shown(data, ''), highlight),
    event: (name, data) =>
      line(`  ${paint('magenta', '⚡')} ${paint('magenta', name)}  ${highlight(shown(data, '').join(' '))}`),
    summary: (lines) => {
      line(`\n${paint('bold', 'The end.')}\n`)
      block(lines, (text) => text)
    },
  }
}

function shown(value: unknown, prefix: string): string[] {
  const [first = '', ...rest] = render(value, { width: WIDTH - MARGIN, ...LIMITS }, prefix.length)
  return [prefix + first, ...rest]
}

// Strings before names: a name within a string is no name.
const TOKENS = /("(?:[^"\\]|\\.)*")|(\b\w+)(?=: )|(\b(?:\d+|true|false|null)\b)/g

const highlight = (text: string): string =>
  text.replace(TOKENS, (whole, string?: string, name?: string) =>
    paint(string ? 'green' : name ? 'cyan' : 'yellow', whole),
  )

// Whether colours are wanted was asked once, at the start: not again for each word.
const paint = (style: Style, text: string): string => styleText(style, text, { validateStream: false })

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}

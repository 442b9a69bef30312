import { stripVTControlCharacters, styleText } from 'node:util'
import { render } from './render.ts'

/** Where the story is told. */
export type Screen = {
  act(title: string, words: string): void
  say(words: string): void
  request(document: string, variables: object): void
  answer(data: unknown): void
  event(name: string, data: unknown): void
  /** Lines at the very end. */
  summary(lines: readonly string[]): void
}

type Kind = 'nothing' | 'title' | 'event' | 'block'

const MARGIN = '    '
const LIMITS = { width: 100 - MARGIN.length, items: 3, text: 44 }

/** Tells the story by `write`; `isColoured` only where somebody watches it at a terminal. */
export function createScreen(write: (text: string) => void, isColoured: boolean): Screen {
  let acts = 0
  let last: Kind = 'nothing'
  const line = (text = '') => write(`${isColoured ? text : stripVTControlCharacters(text)}\n`)
  // A blank line before everything but what goes on with what stands above.
  const part = (kind: Kind, lines: readonly string[]) => {
    if (last !== 'title' && !(last === 'event' && kind === 'event')) line()
    for (const text of lines) line(text)
    last = kind
  }
  const block = (lines: readonly string[], colour = (text: string) => text) =>
    part(
      'block',
      lines.map((text) => MARGIN + colour(text)),
    )
  const say = (words: string) => block(wrap(words, LIMITS.width))
  const title = (text: string) => part('title', [paint('bold', text)])
  return {
    say,
    act: (name, words) => {
      title(`${String(++acts).padStart(2)}  ${name}`)
      say(words)
    },
    request: (document, variables) => {
      const given = Object.keys(variables).length === 0 ? [] : render(variables, LIMITS, 'with ')
      block([...document.split('\n'), ...given], (text) => paint('dim', text))
    },
    answer: (data) => block(render(data, LIMITS), highlight),
    event: (name, data) => {
      const [first = '', ...rest] = render(data, LIMITS, `${name}  `)
      const head = `  ${paint('magenta', `⚡ ${name}`)}${highlight(first.slice(name.length))}`
      part('event', [head, ...rest.map((text) => MARGIN + highlight(text))])
    },
    summary: (lines) => {
      title('The end')
      block(lines)
      line()
    },
  }
}

// Strings before names: a name within a string is no name.
const TOKENS = /("(?:[^"\\]|\\.)*")|(\b\w+)(?=: )|(\b(?:\d+|true|false|null)\b)/g

const highlight = (text: string): string =>
  text.replace(TOKENS, (whole, string?: string, name?: string) =>
    paint(string ? 'green' : name ? 'cyan' : 'yellow', whole),
  )

// Whether colours are wanted was asked once, at the start: not again for each word.
const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
  styleText(style, text, { validateStream: false })

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}

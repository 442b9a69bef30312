import markdownIt from 'markdown-it'
import { Html } from './html.ts'

// Descriptions come from whoever writes a subgraph: no HTML of theirs, no pictures from elsewhere. It refuses `javascript:` itself.
const markdown = markdownIt({ html: false }).disable('image')

/** A description (CommonMark, as the GraphQL specification has it) as HTML. */
export const describe = (description: string | null | undefined): Html => new Html(markdown.render(description ?? ''))

/** The first sentence of a description as HTML, for lists. */
export const summarize = (description: string | null | undefined): Html =>
  new Html(markdown.renderInline(firstSentence(description)))

/** The first sentence of a description as it is written. */
export function firstSentence(description: string | null | undefined): string {
  const [paragraph = ''] = (description ?? '').split(/\n\s*\n/)
  const [sentence = ''] = /^[^]*?[.!?](?=\s|$)/.exec(paragraph) ?? [paragraph]
  return sentence.replaceAll('\n', ' ')
}

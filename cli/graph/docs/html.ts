import { escapeHtml } from '#platform/kernel/html.ts'

/** Text that is HTML already; everything else that {@link html} is given is escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in HTML. Nothing is written for undefined and false. */
export type Content = Html | string | number | undefined | false | readonly Content[]

/** HTML with values in it: ``html`<p>${text}</p>` ``. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(write)))

/** `parts` with `separator` between them. */
export const joined = (parts: readonly Content[], separator: Content): Content[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]))

function write(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Html) return content.text
  return typeof content === 'object' ? content.map(write).join('') : escapeHtml(String(content))
}

import { createHash } from 'node:crypto'

/** A page with the headers that go with it. */
export type Page = { html: string; headers: Record<string, string> }

// The version that Apollo Server's own page asks for.
const SCRIPT_ORIGIN = 'https://embeddable-sandbox.cdn.apollographql.com'
const SCRIPT = `${SCRIPT_ORIGIN}/v2/embeddable-sandbox.umd.production.min.js`
const FRAME_ORIGIN = 'https://sandbox.embed.apollographql.com'

/**
 * Apollo Sandbox in a page of ours. Its code comes from Apollo's servers and runs in their frame; requests go from this page,
 * to this router only. Where those servers can't be reached the page says so, and where GraphiQL is.
 */
export function sandboxPage({ hasGraphiql }: { hasGraphiql: boolean }): Page {
  const alternative = hasGraphiql
    ? 'Use <a href="/graphiql">GraphiQL</a>, which comes from this router.'
    : 'Any GraphQL client can use <code>/graphql</code> instead.'
  return {
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>Agora · Apollo Sandbox</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
  </head>
  <body>
    <header><strong>Agora</strong> <span>Apollo Sandbox</span>${hasGraphiql ? ' <a href="/graphiql">GraphiQL</a>' : ''}</header>
    <main id="sandbox">
      <div id="state">
        <p id="loading">Loading Apollo Sandbox from Apollo’s servers …</p>
        <p id="failed" hidden>Apollo Sandbox can’t be loaded: it comes from Apollo’s servers, which this browser can’t reach.</p>
        <p>${alternative}</p>
      </div>
    </main>
    <script>${CODE}</script>
  </body>
</html>
`,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
  }
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; }
header { display: flex; gap: 1rem; padding: 0.5rem 1rem; border-bottom: 1px solid #8884; }
header a { margin-left: auto; }
main { flex: 1; position: relative; }
#state { max-width: 36rem; margin: 0 auto; padding: 4rem 1rem; }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; background: white; }
`

const CODE = `
const script = document.createElement('script')
const failed = () => {
  document.querySelector('#loading').hidden = true
  document.querySelector('#failed').hidden = false
}
script.addEventListener('error', failed)
script.addEventListener('load', () => {
  document.querySelector('#state').remove()
  new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: new URL('/graphql', location.href).href,
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
  })
})
script.src = '${SCRIPT}'
document.head.append(script)
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(CODE)} ${SCRIPT_ORIGIN}`,
  `style-src ${hashOf(STYLE)}`,
  'img-src data:',
  `frame-src ${FRAME_ORIGIN}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

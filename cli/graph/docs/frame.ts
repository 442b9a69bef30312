import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql'
import { type Content, html } from './html.ts'
import type { Links } from './links.ts'
import type { Reference } from './reference.ts'

/** By which a folder is known as one that may be written anew. */
export const GENERATOR = 'agora-graph docs'

/** What a page is, without what all pages have. */
export type Page = { path: string; title: string; main: Content }

// The script and the style beside the pages, and nothing from anywhere else. 'self' is no file's origin in some browsers.
const POLICY =
  "default-src 'none'; script-src 'self' file:; style-src 'self' file:; base-uri 'none'; form-action 'none'"

/** A whole page, whose own ids have a hyphen, which no name of a graph has: search and navigation around what it has to say. */
export function frame({ path, title, main }: Page, reference: Reference, links: Links): string {
  const whole = title === reference.title ? title : `${title} · ${reference.title}`
  return `<!doctype html>\n${
    html`<html lang="en" data-root="${links.file('')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${GENERATOR}">
<meta name="color-scheme" content="light dark">
<title>${whole}</title>
<link rel="stylesheet" href="${links.file('page.css')}">
<script src="${links.file('page.js')}"></script>
</head>
<body>
<a class="skip" href="#page-main">Skip to content</a>
<header>
<a class="home" href="${links.file('index.html')}">${reference.title}</a>
<div class="search" role="search">
<input id="page-search" type="search" placeholder="Search" aria-label="Search types, fields and operations" autocomplete="off" spellcheck="false"
 role="combobox" aria-expanded="false" aria-controls="page-found" aria-autocomplete="list">
<kbd aria-hidden="true">/</kbd>
<ul id="page-found" role="listbox" aria-label="Found" hidden></ul>
</div>
<button id="page-theme" type="button" hidden>Dark</button>
</header>
<div class="columns">
<details id="page-contents" class="contents"><summary>Contents</summary><nav aria-label="Contents">${navigation(path, reference, links)}</nav></details>
<main id="page-main">${main}</main>
</div>
</body>
</html>`.text
  }\n`
}

/** The kinds of types as a reader looks for them, each with its types. */
export function groupsOf({ api, types }: Reference): { name: string; types: readonly GraphQLNamedType[] }[] {
  const roots = [api.getQueryType(), api.getMutationType(), api.getSubscriptionType()].filter((root) =>
    isObjectType(root),
  )
  const others = types.filter((type) => !roots.some((root) => root === type))
  const groups = new Map([['Roots', roots], ...Map.groupBy(others, groupOf)])
  return ORDER.flatMap((name) => {
    const ofKind = groups.get(name)
    return ofKind === undefined ? [] : [{ name, types: ofKind }]
  })
}

const ORDER = ['Roots', 'Objects', 'Interfaces', 'Unions', 'Inputs', 'Enums', 'Scalars']

function groupOf(type: GraphQLNamedType): string {
  if (isInterfaceType(type)) return 'Interfaces'
  if (isUnionType(type)) return 'Unions'
  if (isInputObjectType(type)) return 'Inputs'
  if (isEnumType(type)) return 'Enums'
  return isScalarType(type) ? 'Scalars' : 'Objects'
}

function navigation(path: string, reference: Reference, links: Links): Content {
  const here = (href: string) => href === links.file(path) && html` aria-current="page"`
  const entry = (href: string, text: string) => html`<li><a href="${href}"${here(href)}>${text}</a></li>`
  const groups = groupsOf(reference).map(
    ({ name, types }) => html`<h2>${name}</h2><ul>${types.map((type) => entry(links.type(type.name), type.name))}</ul>`,
  )
  const operations = reference.operations.map(({ name }) => entry(links.operation(name), name))
  return [groups, operations.length > 0 && html`<h2>Operations</h2><ul>${operations}</ul>`]
}

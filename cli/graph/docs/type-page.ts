import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import { badges, usesIn } from './badges.ts'
import { defaultOf } from './default-value.ts'
import { type Content, html, joined } from './html.ts'
import { anchorOf, type Links } from './links.ts'
import { describe, summarize } from './markdown.ts'
import type { Reference } from './reference.ts'

type Scope = { reference: Reference; links: Links }
type Field = GraphQLField<unknown, unknown>

/** What the page of a type has to say: itself, its parts, and where it is met. */
export function typePage(type: GraphQLNamedType, scope: Scope): Content {
  const { reference, links } = scope
  const mentions = reference.mentions(type.name)
  return html`
<p class="kind">${kindOf(type, reference)}</p>
<h1>${type.name}</h1>
<div class="description">${describe(type.description)}</div>
${badges(type.name, { ...scope, isType: true })}
${
  isScalarType(type) &&
  typeof type.specifiedByURL === 'string' &&
  html`<p>Specified by <a href="${type.specifiedByURL}">${type.specifiedByURL}</a></p>`
}
${relatives(type, scope)}
${parts(type, scope)}
${mentions.length > 0 && html`<h2>Where it is met</h2><ul class="inline">${mentions.map((coordinate) => html`<li><a href="${links.coordinate(coordinate)}"><code>${coordinate}</code></a></li>`)}</ul>`}
${usesIn(type.name, scope)}`
}

/** The word for what a type is. */
export function kindOf(type: GraphQLNamedType, { api }: Reference): string {
  if (type === api.getQueryType() || type === api.getMutationType() || type === api.getSubscriptionType()) return 'root'
  if (isObjectType(type)) return 'object'
  if (isInterfaceType(type)) return 'interface'
  if (isUnionType(type)) return 'union'
  if (isInputObjectType(type)) return 'input'
  return isEnumType(type) ? 'enum' : 'scalar'
}

function relatives(type: GraphQLNamedType, { reference: { api }, links }: Scope): Content {
  const list = (label: string, all: readonly GraphQLNamedType[]) =>
    all.length > 0 &&
    html`<p>${label} ${joined(
      all.map(({ name }) => html`<a href="${links.type(name)}"><code>${name}</code></a>`),
      ', ',
    )}</p>`
  return [
    (isObjectType(type) || isInterfaceType(type)) && list('Implements', type.getInterfaces()),
    isAbstractType(type) && list(isUnionType(type) ? 'One of' : 'Implemented by', api.getPossibleTypes(type)),
  ]
}

function parts(type: GraphQLNamedType, scope: Scope): Content {
  if (isEnumType(type))
    return html`<h2>Values</h2>${type.getValues().map((value) => valueSection(type.name, value, scope))}`
  if (isInputObjectType(type))
    return html`<h2>Fields</h2>${Object.values(type.getFields()).map((field) =>
      section(`${type.name}.${field.name}`, inputSignature(field, scope), { part: field, scope }),
    )}`
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined
  const fields = Object.values(type.getFields())
  return html`${fields.length > MANY_FIELDS && overview(fields)}<h2>Fields</h2>${fields.map((field) => fieldSection(type.name, field, scope))}`
}

// More than a screen shows at once.
const MANY_FIELDS = 12

const overview = (fields: readonly Field[]): Content =>
  html`<h2>At a glance</h2><dl class="glance">${fields.map(
    ({ name, description }) =>
      html`<div><dt><a href="#${name}">${name}</a></dt><dd>${summarize(description)}</dd></div>`,
  )}</dl>`

function valueSection(type: string, value: GraphQLEnumValue, scope: Scope): Content {
  return section(`${type}.${value.name}`, value.name, { part: value, scope })
}

function fieldSection(type: string, field: Field, scope: Scope): Content {
  const coordinate = `${type}.${field.name}`
  const given = field.args.map((argument) => argumentEntry(`${coordinate}(${argument.name}:)`, argument, scope))
  const inside = given.length > 0 && html`<h4>Arguments</h4><dl class="arguments">${given}</dl>`
  return section(coordinate, fieldSignature(field, scope), { part: field, scope, inside })
}

/** A part of a type: what it looks like, what it means, what holds for it, who uses it. */
function section(
  coordinate: string,
  signature: Content,
  { part, scope, inside }: { part: Field | GraphQLInputField | GraphQLEnumValue; scope: Scope; inside?: Content },
): Content {
  const anchor = anchorOf(coordinate)
  return html`
<section id="${anchor}">
<h3><a class="anchor" href="#${anchor}" aria-label="Link to ${anchor}">#</a><code>${signature}</code></h3>
${deprecation(part)}
<div class="description">${describe(part.description)}</div>
${badges(coordinate, { ...scope, isType: false })}
${inside}
${usesIn(coordinate, scope)}
</section>`
}

const argumentEntry = (coordinate: string, argument: GraphQLArgument, scope: Scope): Content => html`
<div id="${anchorOf(coordinate)}">
<dt><code>${inputSignature(argument, scope)}</code></dt>
<dd>${deprecation(argument)}${describe(argument.description)}${badges(coordinate, { ...scope, isType: false })}${usesIn(coordinate, scope)}</dd>
</div>`

const deprecation = ({ deprecationReason }: { deprecationReason?: string | null | undefined }): Content =>
  typeof deprecationReason === 'string' &&
  html`<div class="deprecated"><strong>Deprecated.</strong> ${describe(deprecationReason)}</div>`

const fieldSignature = ({ name, args, type }: Field, scope: Scope): Content => [
  html`<b>${name}</b>`,
  args.length > 0 && [
    '(',
    joined(
      args.map((argument) => html`<span class="argument">${inputSignature(argument, scope)}</span>`),
      ', ',
    ),
    ')',
  ],
  ': ',
  typeOf(type, scope.links),
]

const inputSignature = (input: GraphQLArgument | GraphQLInputField, { links }: Scope): Content => [
  html`<b>${input.name}</b>`,
  ': ',
  typeOf(input.type, links),
  defaultOf(input) !== undefined && [' = ', defaultOf(input)],
]

function typeOf(type: GraphQLType, links: Links): Content {
  if (isNonNullType(type)) return [typeOf(type.ofType, links), '!']
  if (isListType(type)) return ['[', typeOf(type.ofType, links), ']']
  const named = getNamedType(type)
  return isSpecifiedScalarType(named) ? named.name : html`<a href="${links.type(named.name)}">${named.name}</a>`
}

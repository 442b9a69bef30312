import type { z } from 'zod'
import { CAPTURES } from './captures.ts'
import { type ExampleOperation, fillIn } from './example-operations.ts'

/** Where it is kept. */
export const COLLECTION_FILE = new URL('../../examples/agora.postman_collection.json', import.meta.url)

type Json = z.core.util.JSONType

// Postman's format, which Insomnia, Bruno and Hoppscotch import too.
const FORMAT = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

const DESCRIPTION = `Every query and mutation of examples/operations as an HTTP request. Run the two logins first: they keep the access tokens
(15 minutes). Then run from top to bottom, or what you like: requests keep the ids that later ones need. Subscriptions are not here: they need a
connection that stays. Made by \`npm run collection\`.`

const FOLDERS = { guest: 'Anybody', customer: 'Customer', admin: 'Back office' } as const

// In folders of their own, around all others.
const SESSION: ReadonlySet<string> = new Set(['login', 'logout'])

const VARIABLES: Readonly<Record<string, string>> = {
  url: 'http://127.0.0.1:4000/graphql',
  email: 'demo@ecommerce.com',
  password: 'DemoPass123!',
  adminEmail: 'admin@ecommerce.com',
  adminPassword: 'AdminPass123!',
  accessToken: '',
  adminAccessToken: '',
}

const ADMIN_LOGIN = { email: '{{adminEmail}}', password: '{{adminPassword}}' }

/** The collection of `operations`, as the text of its file. */
export function renderCollection(operations: readonly ExampleOperation[]): string {
  const requests = operations.filter(({ source }) => !/^subscription /m.test(source))
  const captured = Object.values(CAPTURES).flatMap((names) => Object.keys(names))
  const collection = {
    info: { name: 'Agora', description: DESCRIPTION, schema: FORMAT },
    item: [
      { name: 'Sign in', item: [itemOf(named(requests, 'login')), adminLogin(named(requests, 'login'))] },
      ...Object.entries(FOLDERS).map(([as, name]) => ({
        name,
        item: inOrder(requests.filter((operation) => operation.as === as && !SESSION.has(operation.name))).map(itemOf),
      })),
      { name: 'Sign out', item: [itemOf(named(requests, 'logout'))] },
    ],
    variable: [...new Set([...Object.keys(VARIABLES), ...captured])].map((key) => ({
      key,
      value: VARIABLES[key] ?? '',
    })),
  }
  return `${JSON.stringify(collection, null, 2)}\n`
}

function named(operations: readonly ExampleOperation[], name: string): ExampleOperation {
  const found = operations.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`examples/operations: expected ${name}.graphql`)
  return found
}

/** Those that give something to others come first, in the order of the list of captures. */
function inOrder(operations: readonly ExampleOperation[]): ExampleOperation[] {
  const giving = Object.keys(CAPTURES)
  const rank = ({ name }: ExampleOperation) => (giving.includes(name) ? giving.indexOf(name) : giving.length)
  return operations.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

function adminLogin(login: ExampleOperation): object {
  const item = itemOf({ ...login, variables: { input: ADMIN_LOGIN } })
  return { ...item, name: 'login as admin', event: [keep({ adminAccessToken: ['login', 'session', 'accessToken'] })] }
}

function itemOf(operation: ExampleOperation): object {
  const { name, source, as, headers } = operation
  const captures = CAPTURES[name]
  return {
    name: name.replaceAll('-', ' '),
    request: {
      method: 'POST',
      description: /^# (.*)$/m.exec(source)?.[1] ?? '',
      auth: authOf(as),
      header: Object.entries({ 'content-type': 'application/json', ...headers }).map(([key, value]) => ({
        key,
        value,
      })),
      url: '{{url}}',
      body: { mode: 'graphql', graphql: { query: source, variables: variablesText(operation.variables) } },
    },
    ...(captures !== undefined && { event: [keep(captures)] }),
  }
}

const authOf = (as: ExampleOperation['as']): object =>
  as === 'guest'
    ? { type: 'noauth' }
    : {
        type: 'bearer',
        bearer: [{ key: 'token', value: as === 'admin' ? '{{adminAccessToken}}' : '{{accessToken}}', type: 'string' }],
      }

/** Placeholders become the collection's variables: `"${name}"` is `"{{name}}"`, and the one that is a number stands without quotes. */
function variablesText(variables: Record<string, Json>): string {
  const text = JSON.stringify(
    fillIn(variables, (name) => (name === 'unique' ? '{{$guid}}' : `{{${name}}}`)),
    null,
    2,
  )
  return text.replaceAll('"{{cartVersion}}"', '{{cartVersion}}')
}

/** After the answer: what later requests need becomes a variable. */
const keep = (captures: Readonly<Record<string, readonly string[]>>): object => ({
  listen: 'test',
  script: {
    type: 'text/javascript',
    exec: [
      'const answer = pm.response.json().data',
      'const keep = (name, path) => {',
      '  const value = path.reduce((part, key) => part?.[key], answer)',
      '  if (value !== undefined && value !== null) pm.collectionVariables.set(name, value)',
      '}',
      ...Object.entries(captures).map(([name, path]) => `keep(${JSON.stringify(name)}, ${JSON.stringify(path)})`),
    ],
  },
})

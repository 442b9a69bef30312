import { type DocumentNode, type GraphQLSchema, isAbstractType, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { onAbort } from '../executor/on-abort.ts'
import type { PolicyEvaluator } from '../options/authorization.ts'
import type { RequestContext } from '../request-context.ts'
import type { AccessRules } from './access-rules.ts'
import type { Identity } from './authenticate.ts'
import { coordinatesOf } from './filter-operation.ts'
import type { Access } from './requirement.ts'

/** What a request may see of a document: at once, unless policies have to be evaluated. */
export type AccessTo = (document: DocumentNode, context: RequestContext) => Access | Promise<Access>

const NONE: ReadonlySet<string> = new Set()

/** What the viewer's token lets them see: `policies` are those that were allowed beside. */
export const accessOf = ({ viewer }: Pick<Identity, 'viewer'>, policies: ReadonlySet<string> = NONE): Access =>
  viewer.kind === 'user'
    ? { isAuthenticated: true, scopes: viewer.scopes, policies }
    : { isAuthenticated: false, scopes: NONE, policies }

/** The {@link AccessTo} of one supergraph. `evaluate` is asked once per operation that depends on a policy. */
export function createAccess(
  schema: GraphQLSchema,
  rules: AccessRules,
  evaluate: PolicyEvaluator | undefined,
): AccessTo {
  const hasPolicies = [...rules.values()].some(({ policies }) => policies.some(({ length }) => length > 0))
  if (evaluate === undefined || !hasPolicies) return (_document, { identity }) => accessOf(identity)
  const known = new WeakMap<DocumentNode, readonly string[]>()
  return (document, context) => {
    const asked = known.get(document) ?? rememberIn(known, document, policiesOf(document, schema, rules))
    return asked.length === 0 ? accessOf(context.identity) : decide(asked, context, evaluate)
  }
}

function decide(
  asked: readonly string[],
  { identity, headers, signal }: RequestContext,
  evaluate: PolicyEvaluator,
): Access | Promise<Access> {
  const allow = (allowed: Iterable<string>) => accessOf(identity, allowedOf(asked, allowed))
  const decided = evaluate(asked, { claims: identity.claims, headers, signal })
  return Symbol.iterator in decided ? allow(decided) : untilAborted(decided, signal).then(allow)
}

// Most who ask are allowed all policies of a document: the set of those is made once.
const whole = new WeakMap<readonly string[], ReadonlySet<string>>()

function allowedOf(asked: readonly string[], allowed: Iterable<unknown>): ReadonlySet<string> {
  if (allowed === asked) return wholeOf(asked)
  const names = new Set<string>()
  for (const name of allowed) {
    if (typeof name !== 'string')
      throw new TypeError(`authorization.policies: expected names of policies, got ${typeof name}`)
    if (asked.includes(name)) names.add(name)
  }
  return names.size < asked.length ? names : wholeOf(asked)
}

const wholeOf = (asked: readonly string[]): ReadonlySet<string> =>
  whole.get(asked) ?? rememberIn(whole, asked, new Set(asked))

function rememberIn<Key extends WeakKey, Value>(known: WeakMap<Key, Value>, key: Key, value: Value): Value {
  known.set(key, value)
  return value
}

/** An evaluator that never answers holds its request up no longer than the request may last. */
async function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const forget = onAbort(signal, () => reject(signal.reason as Error))
  try {
    return await Promise.race([value, promise])
  } finally {
    forget()
  }
}

/** Every policy that a rule names which concerns a field of the document, or a type that a field may turn out to be. */
function policiesOf(document: DocumentNode, schema: GraphQLSchema, rules: AccessRules): readonly string[] {
  const names = new Set<string>()
  const note = (coordinate: string) => {
    for (const name of rules.get(coordinate)?.policies.flat() ?? []) names.add(name)
  }
  const types = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () => {
        const [parent, field] = [types.getParentType(), types.getFieldDef()]
        if (parent && field) coordinatesOf(parent, field).forEach(note)
      },
      SelectionSet: () => {
        const parent = types.getParentType()
        if (isAbstractType(parent)) for (const { name } of schema.getPossibleTypes(parent)) note(name)
      },
    }),
  )
  // It is remembered, and handed to a function that is not ours.
  return Object.freeze([...names].toSorted())
}

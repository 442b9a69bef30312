import { badInput } from '#platform/kernel/errors.ts'
import { isId } from '#platform/kernel/ids.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import { PaymentMethod } from '../persistence/entities.ts'
import type { Work } from './work.ts'

/** What a charge is taken from. */
export type Source = { token: string; brand: string; last4: string | null }

/** How somebody wants to pay; exactly one of the two. */
export type SourceInput = { methodId?: string | null; token?: string | null }

const PATH = ['input', 'payment']

/** The token to charge, and what may be shown of it: of the method given, else of the person's default. */
export async function resolveSource(work: Work, userId: string, given: SourceInput | null, deadline: Date) {
  if (given === null) return savedSource(work, { userId, isDefault: true })
  const { methodId = null, token = null } = given
  if (methodId !== null && token !== null) {
    return refuse('NO_PAYMENT_METHOD', 'a saved method and a token were given; one of them is needed', PATH)
  }
  if (token !== null) return describeToken(work, token, deadline)
  if (methodId === null) throw badInput('payment', 'exactly one of methodId and token')
  return savedSource(work, { userId, id: methodId })
}

/** What is behind a token, for a person: refused where the provider does not know it, or does not answer. */
export async function describeToken(work: Work, token: string, deadline: Date, path = [...PATH, 'token']) {
  const answer = await work.provider.describeMethod(token, deadline)
  switch (answer.kind) {
    case 'found':
      return ok({ token, ...answer.method })
    case 'not_found':
      return refuse('PAYMENT_METHOD_NOT_FOUND', 'the card provider does not know this token', path)
    case 'unknown':
      return refuse('PROVIDER_UNAVAILABLE', 'the card provider does not answer; nothing was charged', path)
  }
}

async function savedSource(work: Work, where: { userId: string; id: string } | { userId: string; isDefault: true }) {
  const isMalformed = 'id' in where && !isId(where.id)
  const method = isMalformed ? null : await work.em().findOne(PaymentMethod, where)
  if (method !== null) return ok<Source>({ token: method.token, brand: method.brand, last4: method.last4 })
  if ('id' in where) return refuse('PAYMENT_METHOD_NOT_FOUND', 'there is no such saved method', [...PATH, 'methodId'])
  return refuse('NO_PAYMENT_METHOD', 'no method was given and none is saved', PATH)
}

import type { SubgraphName } from '../runtime/names.ts'

/** What a user may be; the roles of users.graphql. */
export const ROLES = ['CUSTOMER', 'SUPPORT', 'MERCHANT', 'ADMIN'] as const

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number]

/** Every scope there is. */
export const SCOPES = [
  'users:read',
  'users:write',
  'orders:read',
  'orders:write',
  'payments:read',
  'payments:write',
  'stock:read',
  'stock:write',
  'catalog:write',
] as const

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number]

/** The scopes that each role's access tokens carry. */
export const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  CUSTOMER: [],
  SUPPORT: ['users:read', 'orders:read', 'payments:read', 'stock:read'],
  MERCHANT: ['catalog:write', 'stock:read', 'stock:write', 'orders:read', 'orders:write', 'payments:read'],
  ADMIN: SCOPES,
}

/** Who asks. A `service` is a neighbour with a service token; `actorId` is the person it acts for, if any. */
export type Viewer =
  | { readonly kind: 'guest' }
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly sessionId: string
      readonly role: Role
      readonly scopes: ReadonlySet<string>
    }
  | { readonly kind: 'service'; readonly service: SubgraphName; readonly actorId: string | null }

/** Nobody in particular. */
export const GUEST: Viewer = { kind: 'guest' }

/** The person who asks, or for whom a service asks; null for a guest and for a service on its own errand. */
export function personOf(viewer: Viewer): string | null {
  if (viewer.kind === 'user') return viewer.userId
  return viewer.kind === 'service' ? viewer.actorId : null
}

/** Whether the viewer's token carries `scope`. A service never does: it acts with the rights of a person, or by `@inaccessible` fields. */
export const hasScope = (viewer: Viewer, scope: Scope): boolean => viewer.kind === 'user' && viewer.scopes.has(scope)

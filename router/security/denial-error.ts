import { type FieldNode, GraphQLError } from 'graphql'
import { describe, type Requirement } from './requirement.ts'

/** The coordinate that a viewer may not see, and why. */
export type Denial = { readonly coordinate: string; readonly requirement: Requirement }

/** What of one document a viewer may not see. */
export type Denials = {
  /** Its fields that were taken out, with what each would have needed. */
  readonly denied: ReadonlyMap<FieldNode, Denial>
  /** Types of which an interface or union in the answer may turn out to be, though the viewer may not see them. */
  readonly deniedTypes: ReadonlyMap<string, Requirement>
}

/** What a client reads where it may not see something. */
export const denialMessage = ({ coordinate, requirement }: Denial): string =>
  `${coordinate} needs ${describe(requirement)}`

/** Its code. */
export const DENIED = 'UNAUTHORIZED_FIELD_OR_TYPE'

/** The error for a field that the viewer may not see. */
export const denialError = (denial: Denial, path?: readonly (string | number)[]): GraphQLError =>
  new GraphQLError(denialMessage(denial), { path, extensions: { code: DENIED } })

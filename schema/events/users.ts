import { z } from 'zod'

/** What users publishes: type to the parser of its data. The subject is the user's id. */
export const usersEvents = {
  /** Somebody made an account. */
  'user.registered': z.object({}),
} as const

import { z } from 'zod'
import { section } from './section.ts'

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'expected an origin such as https://shop.example.com: scheme, host and port, nothing after them',
})

/** Which web pages may ask the graph from a browser. */
export const cors = section({
  schema: z
    .strictObject({
      /** Exact origins, or `*` for any. Left out: pages of this computer in development, none in production. */
      origins: z.union([z.literal('*'), z.array(origin)]).optional(),
      /** Whether a browser may send cookies along; not with `*`. */
      credentials: z.boolean().default(false),
      /** How long a browser may remember that it may ask. Chromium keeps it two hours at most. */
      maxAgeS: z.number().int().min(0).max(86_400).default(7_200),
    })
    .refine(({ origins, credentials }) => !(credentials && origins === '*'), {
      path: ['credentials'],
      error: 'expected a list of origins: with "*" every page on the web would act for its visitors',
    }),
  fromEnvironment: ({ CORS_ORIGINS }) => ({
    origins: CORS_ORIGINS === '*' ? '*' : CORS_ORIGINS?.split(',').map((text) => text.trim()),
  }),
})

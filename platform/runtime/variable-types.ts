import { z } from 'zod'

// The types of environment variables: what comes is text.
export const port = z.coerce.number().int().min(0).max(65_535)
export const milliseconds = z.coerce.number().int().min(0)
export const count = z.coerce.number().int().min(1)
export const bound = z.union([count, z.literal('off')], { error: 'expected a whole number from 1, or off' })
export const share = z.coerce.number().min(0).max(1)
export const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true')
export const url = z.url({ protocol: /^https?$/ })
export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://…' })
export const redisUrl = z.url({ protocol: /^rediss?$/, error: 'expected redis://…' })

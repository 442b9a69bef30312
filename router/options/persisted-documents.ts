import { z } from 'zod'
import { section } from './section.ts'

/** Documents that clients name instead of sending them. */
export const persistedDocuments = section({
  schema: z
    .strictObject({
      /** `log`: whatever is not in the manifest is served and logged; `only`: it is refused. */
      mode: z.enum(['off', 'log', 'only']).default('off'),
      /** Files in the format `apollo-persisted-query-manifest`. */
      manifests: z.array(z.string().min(1)).default([]),
      /** Automatic persisted queries: clients may add documents, for everybody. Never in mode `only`. */
      automatic: z.boolean().default(true),
      /** How long such a document is kept in Redis after it was last asked for. */
      automaticTtlS: z
        .number()
        .int()
        .min(1)
        .default(24 * 3600),
    })
    .refine(({ mode, manifests }) => mode === 'off' || manifests.length > 0, {
      path: ['manifests'],
      error: 'expected a manifest: without one there is nothing to hold documents to',
    }),
  fromEnvironment: ({ PERSISTED_DOCUMENTS, PERSISTED_DOCUMENTS_MANIFESTS, AUTOMATIC_PERSISTED_QUERIES }) => ({
    mode: PERSISTED_DOCUMENTS,
    manifests: PERSISTED_DOCUMENTS_MANIFESTS?.split(',').map((file) => file.trim()),
    automatic: AUTOMATIC_PERSISTED_QUERIES && AUTOMATIC_PERSISTED_QUERIES === 'on',
  }),
})
